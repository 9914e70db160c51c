import type { DeviceKind } from '../../src/custody/index.ts';

/** Bytes are hexadecimal unless the format itself says base64. */
export interface DeviceVector {
	readonly firm: string;
	readonly genesis: string;
	readonly person: string;
	readonly kind: DeviceKind;
	readonly exchangePrivate: string;
	readonly signingPrivate: string;
	readonly exchangePublic: string;
	readonly signingPublic: string;
	readonly id: string;
	readonly statement: string;
}

interface RowOfVector {
	readonly firm: string;
	readonly class: string;
	readonly table: string;
	readonly row: string;
	readonly generation: number;
}

export interface RecordKeyVector extends RowOfVector {
	readonly dataKey: string;
	readonly recordKey: string;
	readonly commitment: string;
	readonly messages: readonly { readonly id: string; readonly messageKey: string }[];
}

export interface EnvelopeVector extends RowOfVector {
	readonly recordKey: string;
	readonly column: string;
	readonly version: number;
	readonly type: { readonly scalar: string; readonly list: boolean };
	readonly nonce: string;
	readonly pad: number;
	readonly value: unknown;
	readonly envelope: string;
}

export interface FileVector {
	readonly recordKey: string;
	readonly firm: string;
	readonly documentId: string;
	readonly versionId: string;
	readonly version: number;
	readonly generation: number;
	readonly salt: string;
	readonly plaintextPattern: { readonly length: number };
	readonly object?: string;
	readonly sha256?: string;
}

interface WrapVector {
	readonly wrap: string;
	readonly firm: string;
	readonly recipientExchangePrivate: string;
	readonly wrapperSigningPublic: string;
}

interface Refused {
	readonly why: string;
}

interface PersonOfVector {
	readonly firm: string;
	readonly person: string;
}

/** One item of each array of test/vectors/custody-v1.json. The key logs have tests of their own. */
interface Sections {
	readonly devices: DeviceVector;
	readonly dataKeys: {
		readonly firm: string;
		readonly class: string;
		readonly version: number;
		readonly key: string;
		readonly commitment: string;
	};
	readonly wraps: WrapVector & { readonly dataKey: string };
	readonly refusedWraps: WrapVector & Refused & { readonly commitment: string };
	readonly recordWraps: WrapVector & { readonly recordKey: string };
	readonly recordKeys: RecordKeyVector;
	readonly envelopes: EnvelopeVector;
	readonly refusedEnvelopes: Omit<EnvelopeVector, 'nonce' | 'pad' | 'value'> & Refused;
	readonly documents: FileVector;
	readonly stamps: { readonly stamp: string; readonly signingPublic: string; readonly hash: string };
	readonly refusedStamps: Refused & { readonly stamp: string; readonly signingPublic: string };
	readonly joining: PersonOfVector & {
		readonly genesis: string;
		readonly head: string;
		readonly device: string;
		readonly challenge: string;
		readonly reveal: string;
		readonly commitment: string;
		readonly code: string;
	};
	readonly safetyNumbers: {
		readonly firm: string;
		readonly genesis: string;
		readonly seq: number;
		readonly head: string;
		readonly people: readonly [string, string];
		readonly number: string;
	};
	readonly recoveryCodes: PersonOfVector & {
		readonly randomBits: string;
		readonly code: string;
		readonly exchangePrivate: string;
		readonly signingPrivate: string;
		readonly deviceId: string;
	};
	readonly refusedRecoveryCodes: Refused & { readonly code: string };
	readonly deviceFiles: PersonOfVector & {
		readonly json: string;
		readonly prfInput: string;
		readonly prfOutput: string;
		readonly nonce: string;
		readonly file: string;
	};
}

export type VectorSection = keyof Sections;
export type SectionOf<S extends VectorSection> = Sections[S];
export type CustodyVectors = { readonly [S in VectorSection]: readonly Sections[S][] } & {
	readonly refusedKeys: { readonly exchange: readonly string[]; readonly signing: readonly string[] };
};
