import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { createNodeAead } from '../../src/adapters/aead-node/index.ts';
import { encodeValue, openPayload, openValue, readKeyVersion, sealPayload } from '../../src/envelope/index.ts';
import type { ClassKey, DataKeys } from '../../src/keys/index.ts';
import { bareOpen, bareSeal } from './bare.ts';
import type { FieldPeer } from './peers/index.ts';

const CLASS = 'NOTE';
const TABLE = 'notes';
const COLUMN = 'body';
/** As the schema has it for Note.body. */
const PAD = 256;

type Step = () => unknown;
interface Sides {
	readonly bare: Step;
	readonly firmseal: Step;
	/** By name. */
	readonly peers: Readonly<Record<string, Step>>;
}

export interface FieldSteps {
	/** Payload to envelope and back, the key looked up each time as content/ does. */
	readonly sealing: Sides;
	readonly opening: Sides;
	/** A string to what is stored and back, encoded and padded: all that a field costs between resolver and row. */
	readonly writing: Sides;
	readonly reading: Sides;
}

/** What is measured for one value of `size` bytes. `row` is a UUIDv7. */
export async function fieldSteps(
	dataKeys: DataKeys<KeyObject>,
	peers: readonly FieldPeer[],
	{ firm, row, size }: { readonly firm: string; readonly row: string; readonly size: number },
): Promise<FieldSteps> {
	const aead = createNodeAead();
	const bareKey = createSecretKey(randomBytes(32));
	const text = 'Dear Ms Ames, '.repeat(Math.ceil(size / 14)).slice(0, size);
	const payload = new Uint8Array(randomBytes(size));
	const padded = encodeValue('String', text, PAD);

	const seal = (bytes: Uint8Array) => sealPayload(aead, fieldKeyOf(dataKeys.sealingKey(firm, CLASS, 1)), row, bytes);
	const fieldKeyToOpen = (envelope: Uint8Array) =>
		fieldKeyOf(dataKeys.openingKey(firm, CLASS, readKeyVersion(envelope)));
	const open = (envelope: Uint8Array) => openPayload(aead, fieldKeyToOpen(envelope), row, envelope);

	const envelope = seal(payload);
	const stored = seal(padded);
	const message = bareSeal(bareKey, aead.generateNonce(), payload);
	const paddedMessage = bareSeal(bareKey, aead.generateNonce(), padded);
	const theirs = await Promise.all(peers.map(async (peer) => ({ ...peer, stored: await peer.encrypt(text) })));
	return {
		sealing: { bare: () => bareSeal(bareKey, aead.generateNonce(), payload), firmseal: () => seal(payload), peers: {} },
		opening: { bare: () => bareOpen(bareKey, message), firmseal: () => open(envelope), peers: {} },
		writing: {
			bare: () => bareSeal(bareKey, aead.generateNonce(), padded),
			firmseal: () => seal(encodeValue('String', text, PAD)),
			peers: Object.fromEntries(theirs.map(({ name, encrypt }) => [name, () => encrypt(text)])),
		},
		reading: {
			bare: () => bareOpen(bareKey, paddedMessage),
			firmseal: () => openValue(aead, fieldKeyToOpen(stored), row, 'String', stored),
			peers: Object.fromEntries(theirs.map(({ name, decrypt, stored }) => [name, () => decrypt(stored)])),
		},
	};
}

function fieldKeyOf(key: ClassKey<KeyObject> | undefined) {
	if (!key) throw new Error('The data key is not at hand: the benchmark must load it first.');
	return key.field(TABLE, COLUMN);
}

export const loadKeys = async (dataKeys: DataKeys<KeyObject>, firm: string): Promise<void> => {
	await dataKeys.loadSealingKey(firm, CLASS, 1);
};
