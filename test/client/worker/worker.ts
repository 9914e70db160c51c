import { serveVault } from '../../../src/client/worker/index.ts';

/* The worker of the browser tests. `globalThis.extractable` lists what the vault imports as extractable. If a test sets
   `globalThis.encryptionsLeft`, the worker ends itself after so many. */
const { subtle } = crypto;
const importKey = subtle.importKey.bind(subtle) as (...given: unknown[]) => Promise<InstanceType<typeof CryptoKey>>;
const encrypt = subtle.encrypt.bind(subtle) as (...given: unknown[]) => Promise<ArrayBuffer>;
const extractable: string[] = [];
Object.assign(globalThis, { extractable });
Object.assign(subtle, {
	async importKey(...given: unknown[]) {
		const key = await importKey(...given);
		if (key.extractable) extractable.push(`${key.algorithm.name} ${key.type} ${key.usages.join()}`);
		return key;
	},
	encrypt(...given: unknown[]) {
		const scope = globalThis as unknown as { encryptionsLeft?: number; close(): void };
		if (scope.encryptionsLeft === undefined || scope.encryptionsLeft-- > 0) return encrypt(...given);
		scope.close();
		// The engine would go on for some milliseconds.
		return new Promise<ArrayBuffer>(() => undefined);
	},
});

serveVault(globalThis as unknown as Parameters<typeof serveVault>[0]);
