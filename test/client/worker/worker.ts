import { serveVault } from '../../../src/client/worker/index.ts';

/* The worker of the browser tests. `globalThis.extractable` lists what the vault imports as extractable, and `globalThis.sealedByExtractable`
   the additional data, in hexadecimal, of all that such keys seal and open. If a test sets `globalThis.encryptionsLeft`, the worker ends
   itself after so many. */
const { subtle } = crypto;
const importKey = subtle.importKey.bind(subtle) as (...given: unknown[]) => Promise<InstanceType<typeof CryptoKey>>;
const encrypt = subtle.encrypt.bind(subtle) as (...given: unknown[]) => Promise<ArrayBuffer>;
const decrypt = subtle.decrypt.bind(subtle) as typeof encrypt;
const extractable: string[] = [];
const sealedByExtractable: string[] = [];
Object.assign(globalThis, { extractable, sealedByExtractable });
const watch = (...[algorithm, key]: unknown[]): void => {
	if (!(key as InstanceType<typeof CryptoKey>).extractable) return;
	const { additionalData } = algorithm as { readonly additionalData?: ArrayBuffer | Uint8Array };
	const bytes = new Uint8Array(additionalData ?? []);
	sealedByExtractable.push(Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''));
};
Object.assign(subtle, {
	async importKey(...given: unknown[]) {
		const key = await importKey(...given);
		if (key.extractable) extractable.push(`${key.algorithm.name} ${key.type} ${key.usages.join()}`);
		return key;
	},
	decrypt(...given: unknown[]) {
		watch(...given);
		return decrypt(...given);
	},
	encrypt(...given: unknown[]) {
		watch(...given);
		const scope = globalThis as unknown as { encryptionsLeft?: number; close(): void };
		if (scope.encryptionsLeft === undefined || scope.encryptionsLeft-- > 0) return encrypt(...given);
		scope.close();
		// The engine would go on for some milliseconds.
		return new Promise<ArrayBuffer>(() => undefined);
	},
});

serveVault(globalThis as unknown as Parameters<typeof serveVault>[0]);
