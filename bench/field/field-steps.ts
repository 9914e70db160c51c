import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { createNodeAead } from '../../src/adapters/aead-node/index.ts';
import { encodeValue, openPayload, openValue, readKeyVersion, sealPayload } from '../../src/envelope/index.ts';
import type { ClassKey, DataKeys } from '../../src/keys/index.ts';
import type { FieldPeer } from './peers/index.ts';

const CLASS = 'NOTE';
const TABLE = 'notes';
const COLUMN = 'body';
/** As the schema has it for Note.body. */
const PAD = 256;

type Step = () => unknown;
export interface Sides {
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

const BARE_ALGORITHM = 'aes-256-gcm';
const BARE_OPTIONS = { authTagLength: 16 };

interface BareMessage {
	readonly nonce: Uint8Array;
	readonly ciphertext: Uint8Array;
	readonly tag: Uint8Array;
}

/** The least that node:crypto can be asked for: no associated data, nothing put together, nothing checked but the tag. */
function bareSeal(key: KeyObject, nonce: Uint8Array, plaintext: Uint8Array): BareMessage {
	const cipher = createCipheriv(BARE_ALGORITHM, key, nonce, BARE_OPTIONS);
	const ciphertext = cipher.update(plaintext);
	cipher.final();
	return { nonce, ciphertext, tag: cipher.getAuthTag() };
}

function bareOpen(key: KeyObject, { nonce, ciphertext, tag }: BareMessage): Buffer {
	const decipher = createDecipheriv(BARE_ALGORITHM, key, nonce, BARE_OPTIONS);
	decipher.setAuthTag(tag);
	const plaintext = decipher.update(ciphertext);
	decipher.final();
	return plaintext;
}
