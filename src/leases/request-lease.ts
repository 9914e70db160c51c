import type { ActiveLease } from '../access/index.ts';
import { type Act, type AuditLog, draftEntry, systemEntry } from '../audit/index.ts';
import type { Clock } from '../clock/index.ts';
import { keyEventAct, type LeaseReader, type RequestedValue } from '../content/index.ts';
import {
	createErasureAwareKeyStore,
	type FirmOwnedTable,
	type LeaseReadBatch,
	type Plane,
	type Sealed,
	type SealedLocation,
	selectGrantTokens,
	selectPresent,
	selectSealed,
	type Transaction,
	takeFromLease,
} from '../database/index.ts';
import type { Aead } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import { createDataKeys, type DataKeyEvent, type Keyring, type SealedField } from '../keys/index.ts';
import { endLease } from './end-lease.ts';
import { type LeasePlanes, LeaseSession, leaseEnded } from './lease-session.ts';
import type { WaitForPublication } from './wait-for-publication.ts';

export interface RequestLeaseOptions<Key> {
	readonly planes: LeasePlanes;
	/** The operator plane's: it opens what a grant covers, and nothing else. */
	readonly keyring: Keyring;
	readonly aead: Aead<Key>;
	readonly fields: readonly SealedField[];
	readonly audit: AuditLog;
	/** The operator's: by which a lease that is used up is ended. */
	readonly plane: Plane;
	/** What an answer waits for before it leaves. */
	readonly waitForPublication: WaitForPublication;
	readonly onFailure: (error: unknown) => void;
	readonly clock: Clock;
	/** Where the values of a coordinate are stored. */
	readonly columnOf: (coordinate: string) => { readonly table: FirmOwnedTable; readonly property: string };
}

/** A request's way to what its lease opens; it lives until end(). */
export interface RequestLease<Key = unknown> extends LeaseReader<Key> {
	readonly activeLease: ActiveLease;
	/** Lets go of the lease and takes it again, for an answer that is longer than its deadline. @throws FirmsealError LEASE_NOT_ACTIVE */
	renew(): Promise<void>;
	/** Lets go of lease and keys: to be called when the answer is at the socket, or will never be. */
	end(): Promise<void>;
}

/** One for each request under a lease. `onExpire`: the deadline is over, whatever is being sent has to stop. */
export type OpenRequestLease = (open: ActiveLease, request: string, onExpire: () => void) => RequestLease;

/** Longer than any request under a lease asks for keys: a download has its own from the beginning. */
const KEY_CACHE_SECONDS = 10;
/** As many as a lease has classes, times versions. */
const MAX_KEYS = 100;

export const createRequestLeaseOpener =
	<Key>(options: RequestLeaseOptions<Key>): OpenRequestLease =>
	(lease, request, onExpire) =>
		openRequestLease(options, lease, request, onExpire);

function openRequestLease<Key>(
	options: RequestLeaseOptions<Key>,
	lease: ActiveLease,
	request: string,
	onExpire: () => void,
): RequestLease<Key> {
	const session = new LeaseSession(
		options.planes,
		{ lease: lease.id, firm: lease.firm, user: lease.requestedBy },
		onExpire,
	);
	/** Entries on calls of the keyring: durable before anything is answered. */
	const recorded: Promise<unknown>[] = [];
	const dataKeys = openLeaseKeys(options, session, (event) => {
		const appended = options.audit.append([keyEntry(event, lease, request)]);
		appended.catch(() => {});
		recorded.push(appended);
	});
	return {
		activeLease: lease,
		dataKeys,
		assertNotExpired: () => session.assertLive(),
		renew: () => session.renew(),
		read(batch, intend) {
			const locations = batch.map(({ field, row }) => ({ ...options.columnOf(field.coordinate), row: row.id }));
			const covered = {
				classes: distinct(batch.map(({ field }) => field.class)),
				coordinates: distinct(batch.map(({ field }) => field.coordinate)),
				records: distinct(batch.map(({ row }) => row.id)),
			};
			return readFromLease(session, locations, covered, (present) =>
				intend(present.map((index) => batch[index] as RequestedValue)),
			);
		},
		confirmRecorded: (intents) => session.withoutHold(() => options.waitForPublication(intents)),
		async confirmActive() {
			await Promise.all(recorded);
			await session.confirm();
		},
		async end() {
			dataKeys.purge();
			await session
				.end()
				.then((isUsedUp) => (isUsedUp ? endExhaustedLease(options, lease) : undefined))
				.catch(options.onFailure);
		},
	};
}

/** What the database says of a read batch, as the caller is told it. */
const REFUSALS = {
	ENDED: leaseEnded,
	SCOPE: () => new FirmsealError('LEASE_SCOPE', 'This is outside the lease: ask for what it covers.'),
	BUDGET: () =>
		new FirmsealError(
			'LEASE_SCOPE',
			'This would pass the read budget of the lease: ask for fewer values, or a new lease.',
		),
} as const;

/**
 * Takes a read batch from the lease's budget, then reads it: answers what the locations hold, in their order. Only what holds a value costs
 * anything. `intend` makes the intent durable before anything is read; it is given the indexes of the locations that hold a value.
 * @throws FirmsealError LEASE_NOT_ACTIVE, LEASE_SCOPE: nothing was taken or read.
 */
export async function readFromLease(
	session: LeaseSession,
	locations: readonly SealedLocation[],
	covered: Omit<LeaseReadBatch, 'values'>,
	intend: (present: readonly number[]) => Promise<void>,
): Promise<(Sealed | null)[]> {
	const present = await session.takeBatch(async (tx) => {
		const found = await selectPresent(tx, locations);
		const indexes = locations.flatMap((_, index) => (found[index] ? [index] : []));
		session.assertNotOver();
		const outcome = await takeFromLease(tx, session.terms, { ...covered, values: indexes.length });
		if (outcome !== 'OPEN') throw REFUSALS[outcome]();
		// The request may have ended meanwhile: then this is not committed, and nothing was taken.
		session.assertNotOver();
		if (indexes.length > 0) await intend(indexes);
		return indexes;
	});
	const values: (Sealed | null)[] = locations.map(() => null);
	if (present.length === 0) return values;
	// What has become a value since then was not counted.
	const counted = present.flatMap((index) => locations[index] ?? []);
	const read = await session.withHeldLease(async (tx) => {
		await session.assertHeld(tx);
		const sealed = await selectSealed(tx, counted);
		// Gone since it was counted, or out of sight with the lease.
		if (sealed.includes(null)) await session.assertHeld(tx);
		return sealed;
	});
	for (const [at, index] of present.entries()) values[index] = read[at] ?? null;
	return values;
}

/** Keys of the request alone: they come with the lease's grant, are read in its transaction, and go with it. */
function openLeaseKeys<Key>(
	{ keyring, aead, fields, clock }: RequestLeaseOptions<Key>,
	session: LeaseSession,
	onEvent: (event: DataKeyEvent) => void,
) {
	const inSession = <T>(_firm: string | null, work: (tx: Transaction) => Promise<T>) => session.withHeldLease(work);
	return createDataKeys({
		keyring: withGrantTokens(keyring, () => session.withHeldLease((tx) => selectGrantTokens(tx, session.terms.lease))),
		store: createErasureAwareKeyStore({ read: inSession, write: inSession }),
		aead,
		fields,
		ttlSeconds: KEY_CACHE_SECONDS,
		maxKeys: MAX_KEYS,
		clock,
		onEvent,
	});
}

const keyEntry = (event: DataKeyEvent, lease: ActiveLease, request: string) =>
	draftEntry(
		{ actor: { kind: 'system', user: null, roles: [] }, plane: 'operator', request },
		{ ...keyEventAct(event), lease: lease.id },
	);

/** Shows the key service what came with the grants, so that one opens as soon as the broker has made it; asked for once. */
function withGrantTokens(keyring: Keyring, find: () => ReturnType<typeof selectGrantTokens>): Keyring {
	let found: ReturnType<typeof find> | undefined;
	return {
		...keyring,
		async unwrap(context, wrapped) {
			found ??= find();
			const tokens = (await found).flatMap((one) => (one.class === context.class ? [one.token] : []));
			return keyring.unwrap(context, wrapped, tokens);
		},
	};
}

/** The last reader of values ends a lease whose budget is used up, once its own answer is out; should it fail, the broker does. */
async function endExhaustedLease(
	{ plane, audit }: Pick<RequestLeaseOptions<unknown>, 'plane' | 'audit'>,
	{ id, firm }: ActiveLease,
): Promise<void> {
	const record = (act: Act) => audit.append([systemEntry('operator', act)]);
	await endLease({ plane, record }, { id, firmId: firm }, 'EXHAUSTED', null);
}

const distinct = (items: readonly string[]): string[] => [...new Set(items)];
