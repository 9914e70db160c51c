import type { RecordToOpen } from '../../../src/client/opener.ts';
import { newRow } from '../vault/firm.ts';
import type { Scene } from './page.ts';

const FIELDS = ['title', 'body', 'third', 'fourth'];
const LENGTH = 500;

/** Notes of four fields of 500 bytes, sealed by the device in the worker. */
export async function wideNotes({ service, device }: Scene, count: number): Promise<readonly RecordToOpen[]> {
	const values = Object.fromEntries(FIELDS.map((name) => [name, 'x'.repeat(LENGTH)]));
	const rows = Array.from({ length: count }, () => newRow({ type: 'Note', id: crypto.randomUUID(), values }));
	const sealed = await device.vault.seal(rows);
	for (const [at, row] of rows.entries()) service.store(row, sealed[at] as (typeof sealed)[number]);
	return rows.map(({ id }) => service.record(id, FIELDS));
}

/** How many milliseconds `work` takes. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
	const begun = performance.now();
	await work();
	return performance.now() - begun;
}

/**
 * What WebCrypto alone needs for such records: for each a signature (a vault verifies it only once), the hashes of stamp and envelopes, and
 * the decryption of its fields; for a new one also two derivations and the import of its keys.
 */
export async function bareOpening(count: number, isNew: boolean): Promise<number> {
	const { subtle } = crypto;
	const author = (await subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as {
		readonly privateKey: Key;
		readonly publicKey: Key;
	};
	const message = new Uint8Array(900);
	const signature = await subtle.sign('Ed25519', author.privateKey, message);
	const bytes = new Uint8Array(32);
	const importAes = () => subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
	const importBase = () => subtle.importKey('raw', bytes, 'HKDF', false, ['deriveBits']);
	const [cipher, base] = await Promise.all([importAes(), importBase()]);
	const algorithm = { name: 'AES-GCM', iv: new Uint8Array(12), additionalData: new Uint8Array(200) };
	const sealed = await subtle.encrypt(algorithm, cipher, new Uint8Array(LENGTH + 4));
	const derive = () =>
		subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: new Uint8Array(90) }, base, 256);
	const openOne = async (): Promise<void> => {
		const hashes = [message, ...FIELDS.map(() => new Uint8Array(LENGTH + 80))].map((each) =>
			subtle.digest('SHA-256', each),
		);
		await Promise.all([subtle.verify('Ed25519', author.publicKey, signature, message), ...hashes]);
		if (isNew) {
			await derive();
			await Promise.all([importAes(), importBase()]);
			await derive();
		}
		await Promise.all(FIELDS.map(() => subtle.decrypt(algorithm, cipher, sealed)));
	};
	return timeOf(() => Promise.all(Array.from({ length: count }, openOne)));
}

type Key = InstanceType<typeof CryptoKey>;
