import { createHash, hkdfSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createNodeAead } from '../../src/adapters/aead-node/index.ts';
import {
	type Aead,
	decodeValue,
	encodeContext,
	encodeValue,
	type FieldPlace,
	openField,
	openPayload,
	prepareFieldKey,
	sealField,
	sealPayload,
	type ValueType,
} from '../../src/envelope/index.ts';

export interface FieldVector extends FieldPlace {
	readonly dataKey: string;
	readonly keyVersion: number;
	readonly row: string;
	readonly pad: number;
	readonly nonce: string;
	readonly type: ValueType;
	readonly value: unknown;
	readonly fieldKey: string;
	readonly envelope: string;
}

export interface CommitmentVector {
	readonly dataKey: string;
	readonly firm: string;
	readonly class: string;
	readonly version: number;
	readonly commitment: string;
}

export const vectors: { readonly fields: readonly FieldVector[]; readonly commitments: readonly CommitmentVector[] } =
	JSON.parse(readFileSync(new URL('../vectors/formats-v1.json', import.meta.url), 'utf8'));

export const aead = createNodeAead();

export function fromHex(hex: string): Uint8Array {
	return new Uint8Array(Buffer.from(hex, 'hex'));
}

export function toHex(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString('hex');
}

export function derive(dataKey: string, ...context: string[]): string {
	return Buffer.from(hkdfSync('sha256', fromHex(dataKey), '', encodeContext(context), 32)).toString('hex');
}

export function fieldKeyOf(vector: FieldVector) {
	return prepareFieldKey({
		place: vector,
		firmTag: createHash('sha256').update(vector.firm).digest().subarray(0, 4),
		version: vector.keyVersion,
		key: aead.importKey(fromHex(vector.fieldKey)),
	});
}

/** The port over node:crypto, with the vector's nonce in place of a fresh one. */
function withNonce(nonce: Uint8Array): Aead<KeyObject> {
	return { ...aead, generateNonce: () => nonce };
}

export interface Implementation {
	readonly name: string;
	seal(vector: FieldVector): Promise<Uint8Array>;
	open(vector: FieldVector, envelope: Uint8Array): Promise<unknown>;
}

const synchronous: Implementation = {
	name: 'node:crypto',
	async seal(vector) {
		const payload = encodeValue(vector.type, vector.value, vector.pad);
		return sealPayload(withNonce(fromHex(vector.nonce)), fieldKeyOf(vector), vector.row, payload);
	},
	async open(vector, envelope) {
		return decodeValue(vector.type, openPayload(aead, fieldKeyOf(vector), vector.row, envelope));
	},
};

const web: Implementation = {
	name: 'WebCrypto',
	seal: (vector) =>
		sealField({
			...vector,
			key: fromHex(vector.fieldKey),
			place: vector,
			version: vector.keyVersion,
			nonce: fromHex(vector.nonce),
		}),
	open: (vector, envelope) =>
		openField({ ...vector, key: fromHex(vector.fieldKey), place: vector, version: vector.keyVersion, envelope }),
};

export const implementations: readonly Implementation[] = [synchronous, web];
