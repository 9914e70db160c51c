import {
	createWithPasskey,
	createWorkerVault,
	unlockWithPasskey,
	type VaultEvent,
	VaultRefusal,
	type WorkerVault,
} from '../../../src/client/worker/index.ts';
import { FIRM } from '../../custody/some.ts';
import { ANNA, change, Device, join, NOTE, newRow, someFirm } from '../vault/firm.ts';
import type { InMemoryApi } from '../vault/in-memory-api.ts';
import { MemoryStore } from '../vault/memory-store.ts';
import { bareOpening, timeOf, wideNotes } from './measure.ts';

/* The page of the browser tests: bundled, with the service in its memory. */

declare const Worker: new (
	address: string,
	options: { readonly type: 'module' },
) => ReturnType<Parameters<typeof createWorkerVault>[0]>;
declare const indexedDB: NonNullable<
	Parameters<typeof import('../../../src/client/worker/index.ts').serveVault>[0]['indexedDB']
>;

export { ANNA, change, createWithPasskey, FIRM, NOTE, newRow, unlockWithPasskey };

export const events: VaultEvent[] = [];
export let workers = 0;

export const start = (address = '/worker.js'): WorkerVault =>
	createWorkerVault(
		() => {
			workers++;
			return new Worker(address, { type: 'module' });
		},
		(event) => events.push(event),
	);

/** The refusal with which an operation rejects; null if it resolves. */
export async function refused(work: Promise<unknown>) {
	try {
		await work;
		return null;
	} catch (error) {
		if (!(error instanceof VaultRefusal)) throw error;
		const { name, code, reason, message } = error;
		return { name, code, reason, message };
	}
}

export interface Scene {
	readonly service: InMemoryApi;
	/** Anna's old device, in the memory of the page. */
	readonly old: Device;
	/** Anna's new one, in the worker. */
	readonly device: Device;
}

/** The device that is unlocked in the worker joins the firm of a service in memory. */
export async function joinFirm(vault: WorkerVault, name: string): Promise<Scene> {
	const { service, time, anna } = await someFirm(Date.now());
	const old = await anna();
	const device = new Device(name, ANNA, new MemoryStore(), time, vault);
	await join(service, old, device);
	service.wraps.push(...(await old.vault.wrapMissing()));
	await device.sync(service);
	return { service, old, device };
}

/** All that IndexedDB keeps for the page, as Latin-1 texts by name. */
export async function keptTexts(): Promise<Record<string, string>> {
	const opened = await answerOf<{ transaction(...args: unknown[]): { objectStore(name: string): Kept } }>(
		indexedDB.open('firmseal', 1),
	);
	const objects = opened.transaction('kept').objectStore('kept');
	const [names, values] = await Promise.all([
		answerOf<string[]>(objects.getAllKeys()),
		answerOf<Uint8Array[]>(objects.getAll()),
	]);
	(opened as unknown as { close(): void }).close();
	return Object.fromEntries(names.map((name, at) => [name, new TextDecoder('latin1').decode(values[at])]));
}

interface Kept {
	getAllKeys(): object;
	getAll(): object;
}

const answerOf = <T>(request: object): Promise<T> =>
	new Promise((resolve, reject) => {
		Object.assign(request, {
			onsuccess: () => resolve((request as { readonly result: T }).result),
			onerror: () => reject((request as { readonly error: Error }).error),
		});
	});

/** Sides of a comparison, each with its milliseconds in every round. */
type Rounds = Record<'first' | 'again' | 'fifty' | 'bareFirst' | 'bareAgain' | 'bareFifty', number[]>;

/**
 * Milliseconds in which the worker opens `count` records that it has not opened since it was unlocked, the same again, and a page of 50,
 * and in which bare WebCrypto does such work. `unseen`: when they were never opened before.
 */
export async function measure(count: number, rounds: number) {
	let vault = start('/wide-worker.js');
	const stored = await createWithPasskey(vault, { name: 'laptop', firm: FIRM, person: ANNA, label: 'anna' });
	await unlockWithPasskey(vault, stored);
	const scene = await joinFirm(vault, 'laptop');
	const records = await wideNotes(scene, count);
	vault.stop();
	vault = start('/wide-worker.js');
	while ((await refused(vault.devices())) !== null) await vault.takeOver();
	const unlock = async () => {
		const { log } = await unlockWithPasskey(vault, stored);
		await vault.extend(await scene.service.served(log?.size));
	};
	await unlock();
	const unseen = await timeOf(() => vault.open(records));
	const [last] = await vault.open(records.slice(-1));
	const times: Rounds = { first: [], again: [], fifty: [], bareFirst: [], bareAgain: [], bareFifty: [] };
	for (let round = 0; round < rounds; round++) {
		await vault.lock();
		await unlock();
		times.first.push(await timeOf(() => vault.open(records)));
		times.bareFirst.push(await bareOpening(count, true));
		times.again.push(await timeOf(() => vault.open(records)));
		times.bareAgain.push(await bareOpening(count, false));
		times.fifty.push(await timeOf(() => vault.open(records.slice(0, 50))));
		times.bareFifty.push(await bareOpening(50, false));
	}
	const isOpened = last?.fields.every((field) => 'value' in field) === true;
	return { isOpened, unseen, times };
}
