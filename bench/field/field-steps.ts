import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { createNodeAead } from '../../src/adapters/aead-node/index.ts';
import { encodeValue, openPayload, openValue, readKeyVersion, sealPayload } from '../../src/envelope/index.ts';
import type { ClassKey, DataKeys } from '../../src/keys/index.ts';
import type { FieldPeer } from '../peers/field-peers.ts';

const CLASS = 'NOTE';
const TABLE = 'notes';
const COLUMN = 'body';
/** The padding of Note.body in the schema. */
const PAD = 256;

type Step = () => unknown;
export interface Sides {
	readonly bare: Step;
	readonly firmseal: Step;
	readonly peers: Readonly<Record<string, Step>>;
}

/**
 * The steps for one value of `size` bytes. `row` is a UUIDv7. Sealing and opening convert a payload to an envelope and back; writing and
 * reading convert a string to a stored value and back, encoded and padded: all that a field costs between resolver and row. Each step of
 * Firmseal looks up the key, as src/content does.
 */
export async function fieldSteps(
	dataKeys: DataKeys<KeyObject>,
	peers: readonly FieldPeer[],
	{ firm, row, size }: { readonly firm: string; readonly row: string; readonly size: number },
): Promise<Readonly<Record<'sealing' | 'opening' | 'writing' | 'reading', Sides>>> {
	const aead = createNodeAead();
	const bareKey = createSecretKey(randomBytes(32));
	const text = 'Dear Ms Ames, '.repeat(Math.ceil(size / 14)).slice(0, size);
	const payload = new Uint8Array(randomBytes(size));
	const padded = encodeValue('String', text, PAD);

	const seal = (bytes: Uint8Array) => sealPayload(aead, fieldKeyOf(dataKeys.sealingKey(firm, CLASS, 1)), row, bytes);
	const fieldKeyToOpen = (envelope: Uint8Array) =>
		fieldKeyOf(dataKeys.openingKey(firm, CLASS, readKeyVersion(envelope)));
	const bareSeal = (bytes: Uint8Array) => sealBare(bareKey, aead.generateNonce(), bytes);

	const envelope = seal(payload);
	const stored = seal(padded);
	const message = bareSeal(payload);
	const paddedMessage = bareSeal(padded);
	const theirs = await Promise.all(peers.map(async (peer) => ({ ...peer, stored: await peer.encrypt(text) })));
	return {
		sealing: { bare: () => bareSeal(payload), firmseal: () => seal(payload), peers: {} },
		opening: {
			bare: () => openBare(bareKey, message),
			firmseal: () => openPayload(aead, fieldKeyToOpen(envelope), row, envelope),
			peers: {},
		},
		writing: {
			bare: () => bareSeal(padded),
			firmseal: () => seal(encodeValue('String', text, PAD)),
			peers: Object.fromEntries(theirs.map(({ name, encrypt }) => [name, () => encrypt(text)])),
		},
		reading: {
			bare: () => openBare(bareKey, paddedMessage),
			firmseal: () => openValue(aead, fieldKeyToOpen(stored), row, 'String', stored),
			peers: Object.fromEntries(theirs.map(({ name, decrypt, stored }) => [name, () => decrypt(stored)])),
		},
	};
}

function fieldKeyOf(key: ClassKey<KeyObject> | undefined) {
	if (!key) throw new Error('The data key is not cached: call loadKeys() first.');
	return key.field(TABLE, COLUMN);
}

export const loadKeys = async (dataKeys: DataKeys<KeyObject>, firm: string): Promise<void> => {
	await dataKeys.loadSealingKey(firm, CLASS, 1);
};

const BARE_ALGORITHM = 'aes-256-gcm';
const BARE_OPTIONS = { authTagLength: 16 };

/** The least that node:crypto can do: no associated data, no concatenation, no check except that of the tag. */
function sealBare(key: KeyObject, nonce: Uint8Array, plaintext: Uint8Array) {
	const cipher = createCipheriv(BARE_ALGORITHM, key, nonce, BARE_OPTIONS);
	const ciphertext = cipher.update(plaintext);
	cipher.final();
	return { nonce, ciphertext, tag: cipher.getAuthTag() };
}

function openBare(key: KeyObject, { nonce, ciphertext, tag }: ReturnType<typeof sealBare>): Buffer {
	const decipher = createDecipheriv(BARE_ALGORITHM, key, nonce, BARE_OPTIONS);
	decipher.setAuthTag(tag);
	const plaintext = decipher.update(ciphertext);
	decipher.final();
	return plaintext;
}
