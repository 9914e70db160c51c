import type { ContentType } from '../coordinate-types.ts';
import { CONTENT_TYPES } from '../coordinates.generated.ts';
import { createVault, type VaultOperations } from '../vault/index.ts';
import type { VaultWorkerScope } from './browser-types.ts';
import { IndexedDbStore } from './indexed-db-store.ts';
import { type FromVaultWorker, isCall, isPlain } from './messages.ts';
import { TabLock } from './tab-lock.ts';
import { refusal, tellError } from './worker-error.ts';

export interface ServedVault {
	/** Name of the database and of the lock. */
	readonly name?: string;
	/** The compiled map of types with content. */
	readonly types?: Readonly<Record<string, ContentType>>;
	/** SHA-256 of the manifest of the application that runs, in hex, for a firm that trusts some releases only. */
	readonly release?: string;
}

/** The operations as the messages name them. */
type Named = Readonly<Record<string, (...given: readonly unknown[]) => Promise<unknown>>>;

/**
 * Runs a vault in a dedicated worker: each message of the page is one operation, and has one answer. Messages that are no operation are
 * refused, and nothing but JSON's values goes back, so that no key can. Call it once, with `self`.
 */
export function serveVault(
	scope: VaultWorkerScope,
	{ name = 'firmseal', types = CONTENT_TYPES, release }: ServedVault = {},
): void {
	const post = (message: FromVaultWorker): void => scope.postMessage(message);
	let opening: ReturnType<typeof open> | null = null;
	const lockAgain = async (): Promise<void> => {
		const last = opening;
		opening = null;
		// An operation that still runs uses the store: devices() waits for it. The next call opens another one meanwhile.
		await last?.then(({ vault, close }) => vault.lock().then(vault.devices).then(close, close)).catch(() => undefined);
	};
	const lock = new TabLock({
		locks: scope.navigator.locks,
		channel: new BroadcastChannel(name),
		name,
		onFree: () => post({ event: 'FREE' }),
		async onTaken() {
			post({ event: 'TAKEN' });
			await lockAgain();
		},
	});
	const open = async (): Promise<{ readonly vault: VaultOperations; readonly close: () => void }> => {
		const store = await IndexedDbStore.open(scope.indexedDB, name, () => void lockAgain());
		return { vault: createVault({ store, clock: Date, types, release }), close: () => store.close() };
	};
	const vaultOf = async (): Promise<VaultOperations> => {
		await lock.require();
		opening ??= open().catch((error: unknown) => {
			opening = null;
			throw error;
		});
		return (await opening).vault;
	};
	const answer = async (data: unknown): Promise<unknown> => {
		if (!isCall(data)) throw refusal('not-asked');
		if (data.operation === 'takeOver') return lock.takeOver();
		const named = (await vaultOf()) as unknown as Named;
		const value = await named[data.operation]?.(...data.given);
		if (!isPlain(value)) throw refusal('unforeseen');
		return value;
	};
	scope.addEventListener('message', ({ data }) => {
		const call = numberOf(data);
		answer(data)
			.then((value) => post({ answer: call, value }))
			.catch(async (error: unknown) => post({ answer: call, error: await tellError(error) }))
			.finally(() => overwriteSecret(data));
	});
	const life = `${name}/${crypto.randomUUID()}`;
	const forever = new Promise<never>(() => undefined);
	const held = (): Promise<never> => {
		post({ life });
		return forever;
	};
	// A browser that refuses it refuses the store too: each call is answered so.
	scope.navigator.locks?.request(life, { ifAvailable: true }, held).catch(() => undefined);
}

const numberOf = (data: unknown): number => (data as { readonly call?: number } | null)?.call ?? -1;

/** The worker's copy of a passkey's secret, which a message has. */
function overwriteSecret(data: unknown): void {
	const given = (data as { readonly given?: readonly unknown[] } | null)?.given?.[0];
	const unlock = (given as { readonly unlock?: { readonly prf?: unknown } } | null | undefined)?.unlock;
	if (unlock?.prf instanceof Uint8Array) unlock.prf.fill(0);
}
