import { expect, it, onTestFinished, vi } from 'vitest';
import type { TabLocks } from '../../../src/client/worker/browser-types.ts';
import type { FromVaultWorker } from '../../../src/client/worker/messages.ts';
import { serveVault } from '../../../src/client/worker/serve-vault.ts';
import { DatabaseInMemory } from './database-in-memory.ts';

const { locks: locksOfNode } = globalThis.navigator as unknown as { readonly locks: TabLocks };

/** A worker that serves a vault, as its page sees it. */
function served(locks: TabLocks = locksOfNode) {
	vi.stubGlobal(
		'BroadcastChannel',
		class extends BroadcastChannel {
			constructor(name: string) {
				super(name);
				onTestFinished(() => this.close());
			}
		},
	);
	onTestFinished(() => void vi.unstubAllGlobals());
	const database = new DatabaseInMemory();
	const asked = new Map<number, (answer: FromVaultWorker) => void>();
	let tell: (event: { readonly data: unknown }) => void = () => undefined;
	serveVault(
		{
			indexedDB: database,
			navigator: { locks },
			postMessage(message) {
				const answer = message as FromVaultWorker;
				if ('answer' in answer) asked.get(answer.answer)?.(answer);
			},
			addEventListener: (_, listener) => {
				tell = listener;
			},
		},
		{ name: crypto.randomUUID() },
	);
	const call = (operation: string, ...given: readonly unknown[]): Promise<FromVaultWorker> => {
		const { promise, resolve } = Promise.withResolvers<FromVaultWorker>();
		const number = asked.size + 1;
		asked.set(number, resolve);
		tell({ data: { call: number, operation, given } });
		return promise;
	};
	return { database, call };
}

it('a worker whose locks the browser refuses answers each call so', async () => {
	const { call } = served({ request: () => Promise.reject(new DOMException('Not here.', 'SecurityError')) });
	expect(await call('devices')).toMatchObject({ error: { reason: 'store-none' } });
	expect(await call('takeOver')).toMatchObject({ error: { reason: 'store-none' } });
});

it('a database that the browser closes is opened again by the next call, and stays open', async () => {
	const { database, call } = served();
	expect(await call('devices')).toMatchObject({ value: [] });
	const { promise, resolve } = Promise.withResolvers<void>();
	database.held = promise;
	const before = database.modes.length;
	const running = call('devices');
	await expect.poll(() => database.modes.length).toBe(before + 1);
	for (const { onclose } of database.connections) (onclose as () => void)();
	const next = call('devices');
	await expect.poll(() => database.modes.length).toBe(before + 2);
	resolve();
	await running;
	expect(await next).toMatchObject({ value: [] });
	expect(await call('devices')).toMatchObject({ value: [] });
	expect(database.connections.map(({ isClosed }) => isClosed)).toEqual([true, false]);
});
