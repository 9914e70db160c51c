import type { Sql } from 'postgres';
import { CONTENT_CLASSES } from '../../../src/access/index.ts';
import type { Config } from '../../../src/config/config.ts';
import { type KeyContext, type Keyring, KeyUnavailableError } from '../../../src/keys/index.ts';
import { findActiveLease } from '../../../src/leases/index.ts';
import type { StartOptions } from '../../../src/processes/server.ts';
import { openKeyring } from '../../../src/wiring/index.ts';

/** The locks that a read under a lease meets, in this order. The database's lock has two parts, and each holds without the other. */
export const LOCKS = ['resolver', 'database functions', 'row policies', 'key'] as const;
export type Lock = (typeof LOCKS)[number];

/** A call of the operator's keyring for a content key. */
export interface Unwrap extends KeyContext {
	readonly outcome: 'opened' | 'REFUSED' | 'AWAY' | 'THROTTLED';
}

export interface Removals {
	/** Options for the API, with which its locks can be removed while it runs. */
	readonly options: StartOptions;
	/**
	 * Removes locks during `work`. Without the resolver's lock, any lease id that a request names counts as the caller's lease on
	 * everything of `firm`.
	 */
	without<T>(locks: Iterable<Lock>, firm: string, work: () => Promise<T>): Promise<T>;
	isRemoved(lock: Lock): boolean;
	/** Calls of the operator's keyring since the last call. */
	takeUnwraps(): Unwrap[];
	/** Sets a function that runs once, after the next content key was unwrapped and before it opens anything. */
	onceUnwrapped(act: (() => Promise<unknown>) | null): void;
}

/** A replacement without checks for each function of the database's lock. */
const OPEN: Readonly<Partial<Record<Lock, readonly string[]>>> = {
	'database functions': [
		`create or replace function hold_lease(of_lease uuid, of_firm uuid, of_user uuid) returns boolean
			language sql as $$ select true $$`,
		`create or replace function use_lease(of_lease uuid, of_firm uuid, of_user uuid, of_classes text[], of_coordinates text[],
			of_records uuid[], of_values integer) returns text language sql as $$ select 'OPEN' $$`,
	],
	'row policies': [
		'create or replace function lease_allows(of_firm uuid, of_class text) returns boolean language sql as $$ select true $$',
		`create or replace function lease_covers(of_scope scope_of_lease, of_firm uuid, of_record uuid) returns boolean
			language sql as $$ select true $$`,
	],
};

/**
 * Removes the three locks: the resolver's by a start option, the database's by replaced functions in the test's own database, the
 * key's by giving the operator plane a worker's keyring, which needs no grant.
 */
export async function createRemovals(config: Config, admin: Sql): Promise<Removals> {
	const removed = new Set<Lock>();
	const worker = await openKeyring(config, 'worker');
	const kept = await admin`select pg_get_functiondef(oid) as text from pg_proc
		where pronamespace = 'public'::regnamespace
			and proname in ('hold_lease', 'use_lease', 'lease_allows', 'lease_covers')`;
	let wanted = '';
	const unwraps: Unwrap[] = [];
	let act: (() => Promise<unknown>) | null = null;

	const watched = (keyring: Keyring): Keyring => ({
		...keyring,
		async unwrap(context, wrapped) {
			if (context.class === 'RIGHTS') return keyring.unwrap(context, wrapped);
			try {
				const key = await (removed.has('key') ? worker : keyring).unwrap(context, wrapped);
				unwraps.push({ ...context, outcome: 'opened' });
				const due = act;
				act = null;
				await due?.();
				return key;
			} catch (error) {
				if (error instanceof KeyUnavailableError) unwraps.push({ ...context, outcome: error.reason });
				throw error;
			}
		},
	});

	return {
		options: {
			wrapKeyring: (keyring, side) => (side === 'operator' ? watched(keyring) : keyring),
			async findLease(deps, id, principal) {
				if (!removed.has('resolver')) return findActiveLease(deps, id, principal);
				const everything = { classes: CONTENT_CLASSES, coordinates: null, records: null };
				return { ...everything, id, requestedBy: principal.user, firm: wanted };
			},
		},
		async without(locks, firm, work) {
			wanted = firm;
			for (const lock of locks) {
				removed.add(lock);
				for (const statement of OPEN[lock] ?? []) await admin.unsafe(statement);
			}
			try {
				return await work();
			} finally {
				removed.clear();
				for (const { text } of kept) await admin.unsafe(text);
			}
		},
		isRemoved: (lock) => removed.has(lock),
		takeUnwraps: () => unwraps.splice(0),
		onceUnwrapped(due) {
			act = due;
		},
	};
}
