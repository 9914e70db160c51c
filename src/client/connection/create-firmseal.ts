import { FirmsealError } from '../../errors.ts';
import type { CustodyOfClass, OpenedRecord, Opener, RecordToOpen, RowToSeal, SealedContent } from '../opener.ts';
import type { VaultOperations } from '../vault/index.ts';
import { createService, type ServicePort } from './api-port.ts';
import { type ClientClock, DeviceConnection } from './connection.ts';

export interface FirmsealOptions {
	/** The address of the API, such as `https://vault.example`. */
	readonly url: string;
	/** The current bearer token. Called before each request. */
	readonly token: () => string | Promise<string>;
	/** What holds this device’s keys. */
	readonly vault: VaultOperations;
	/** Unlocks the vault: asks the person for the passphrase or the passkey. Called when the device is first needed, and after a failure again. */
	readonly unlock: (vault: VaultOperations) => Promise<unknown>;
	/** Vkeys of the firm’s key log that the application brings, in place of those that the service publishes. */
	readonly checkpointKeys?: readonly string[];
	readonly fetch?: typeof fetch;
	readonly clock?: ClientClock;
}

/** A firm’s content in its own application: what the links open and seal with. */
export interface Firmseal extends Opener {
	/** For decisions, joining and what a screen shows of the firm. */
	readonly connection: DeviceConnection;
	/** Forgets the keys until the person unlocks the device again. */
	lock(): Promise<void>;
}

const SYSTEM_CLOCK: ClientClock = {
	now: () => Date.now(),
	sleep: (milliseconds) => new Promise((resolve) => void setTimeout(resolve, milliseconds)),
};

/** @throws FirmsealError BAD_USER_INPUT for an address that is none, or that is not encrypted */
export function createFirmseal(options: FirmsealOptions): Firmseal {
	return openerOf(options, createService(options));
}

/** With a service of the caller’s. */
export function openerOf(options: Omit<FirmsealOptions, 'url' | 'token' | 'fetch'>, service: ServicePort): Firmseal {
	const { vault, clock = SYSTEM_CLOCK, checkpointKeys } = options;
	const connection = new DeviceConnection({ vault, service, clock, checkpointKeys });
	let unlocked: Promise<void> | null = null;
	const sealed = new Map<string, SealedContent>();
	const begin = async (): Promise<void> => {
		await options.unlock(vault);
		await connection.sync();
	};
	return {
		connection,
		ready() {
			unlocked ??= begin().catch((error: unknown) => {
				unlocked = null;
				throw error;
			});
			return unlocked;
		},
		confirm: () => connection.confirm(),
		custody: (className) => custodyOf(connection, className),
		open: (records) => openRecords(connection, records),
		seal: (rows) => sealOnce(sealed, rows, (fresh) => connection.withNews(() => vault.seal(fresh))),
		async lock() {
			unlocked = null;
			sealed.clear();
			await vault.lock();
		},
	};
}

function custodyOf({ state }: DeviceConnection, className: string): CustodyOfClass {
	if (state === null) throw new FirmsealError('FORBIDDEN', 'The device is not unlocked. Wait for ready() first.');
	return state.classes.find(({ class: name }) => name === className)?.custody ?? 'PLATFORM';
}

/** What does not open may rest on entries or keys that came since the last sync: these records are opened once more after another. */
async function openRecords(
	connection: DeviceConnection,
	records: readonly RecordToOpen[],
): Promise<readonly OpenedRecord[]> {
	const { vault } = connection.parts;
	const opened = await vault.open(records);
	const closed = opened.flatMap(({ fields }, at) => (fields.some((field) => 'why' in field) ? [at] : []));
	if (closed.length === 0 || !(await bringsNews(connection))) return opened;
	const again = await vault.open(closed.map((at) => records[at] as RecordToOpen));
	const later = new Map(closed.map((at, index) => [at, again[index] as OpenedRecord]));
	return opened.map((record, at) => later.get(at) ?? record);
}

/** Whether a sync changed what this device can open. A sync that fails changes nothing. */
async function bringsNews(connection: DeviceConnection): Promise<boolean> {
	const { vault } = connection.parts;
	const before = connection.state;
	const missing = (await vault.missing()).cannotOpen.length;
	try {
		const after = await connection.sync();
		return after.log?.head !== before?.log?.head || (await vault.missing()).cannotOpen.length !== missing;
	} catch {
		return false;
	}
}

const KEPT_CREATES = 50;

/**
 * An application that sends a create again, because it saw no answer, means the same record. Sealed once more it would have other bytes,
 * which the service refuses as another record with the same id. So the newest creates keep what was sealed.
 */
async function sealOnce(
	kept: Map<string, SealedContent>,
	rows: readonly RowToSeal[],
	seal: (rows: readonly RowToSeal[]) => Promise<readonly SealedContent[]>,
): Promise<readonly SealedContent[]> {
	const names = rows.map(textOfCreate);
	const fresh = rows.filter((_, at) => !kept.has(names[at] ?? ''));
	const sealed = [...(fresh.length > 0 ? await seal(fresh) : [])];
	return rows.map((_, at) => {
		const name = names[at] ?? null;
		const content = (name === null ? undefined : kept.get(name)) ?? sealed.shift();
		if (content === undefined) throw new Error('The vault sealed another number of rows.');
		if (name !== null) {
			kept.set(name, content);
			const [oldest] = kept.keys();
			if (kept.size > KEPT_CREATES && oldest !== undefined) kept.delete(oldest);
		}
		return content;
	});
}

/** Null for an update. */
const textOfCreate = (row: RowToSeal): string | null =>
	row.kind === 'CREATE' ? JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}n` : value)) : null;
