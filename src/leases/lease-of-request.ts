import { type ActiveLease, activationStatement, type OperatorPrincipal, requestStatement } from '../access/index.ts';
import { type Act, type AuditLog, systemEntry } from '../audit/index.ts';
import type { LeaseReader, RequestedValue } from '../content/index.ts';
import {
	type FirmOwnedTable,
	type LeaseReadBatch,
	type LeaseRow,
	type Plane,
	type Sealed,
	type SealedLocation,
	selectLeaseToUse,
	selectPresent,
	selectSealed,
	takeFromLease,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { PLATFORM_FIRM_ID, type RightsProofs } from '../keys/index.ts';
import { endLease } from './end-lease.ts';
import { keyEntry, type LeaseKeyOptions, openLeaseKeys } from './lease-keys.ts';
import { type LeasePlanes, LeaseSession, leaseEndedError } from './lease-session.ts';
import { hexOf, isRequestHashIntact } from './request-hash.ts';
import type { WaitForPublication } from './wait-for-publication.ts';

/** One sentence, so that no one learns how far a row of theirs came. */
const NOT_ACTIVE = 'The lease is not active, or not yours: ask for one.';

/** A lease that there is, and that may not be used. */
export class RefusedLeaseError extends FirmsealError {
	override readonly name = 'RefusedLeaseError';
	readonly firm: string;
	/** Its row says that it is active and can't prove it: someone has put it there, or changed it. */
	readonly isForged: boolean;

	constructor(firm: string, isForged: boolean) {
		super('LEASE_NOT_ACTIVE', NOT_ACTIVE);
		this.firm = firm;
		this.isForged = isForged;
	}
}

/**
 * The lease that a request names, if it is this operator's own, active by the database's clock, and proven: asked for by
 * the row's own words, and activated by the broker until the time that the row says.
 * @throws FirmsealError LEASE_NOT_ACTIVE, one sentence for every reason, a RefusedLeaseError if the lease exists;
 * KEY_UNAVAILABLE.
 */
export async function findActiveLease(
	{ plane, rights }: { readonly plane: Plane; readonly rights: Pick<RightsProofs, 'verify'> },
	id: string,
	principal: OperatorPrincipal,
): Promise<ActiveLease> {
	const row = await plane.read(null, (tx) => selectLeaseToUse(tx, id));
	if (!row) throw new FirmsealError('LEASE_NOT_ACTIVE', NOT_ACTIVE);
	if (!row.isOpen || row.requestedBy !== principal.user) throw new RefusedLeaseError(row.firmId, false);
	if (!(await isProven(rights, row))) throw new RefusedLeaseError(row.firmId, true);
	return {
		id: row.id,
		requestedBy: row.requestedBy,
		firm: row.firmId,
		classes: row.classes,
		coordinates: row.coordinates,
		records: row.recordIds,
	};
}

async function isProven(rights: Pick<RightsProofs, 'verify'>, row: LeaseRow): Promise<boolean> {
	const { activatedAt, expiresAt } = row;
	if (!isRequestHashIntact(row) || !activatedAt || !expiresAt) return false;
	const of = { lease: row.id, firm: row.firmId, requestHash: hexOf(row.requestHash) };
	return (
		(await rights.verify(
			PLATFORM_FIRM_ID,
			requestStatement({ ...of, requestedBy: row.requestedBy }),
			row.requestMac,
		)) &&
		(await rights.verify(PLATFORM_FIRM_ID, activationStatement({ ...of, activatedAt, expiresAt }), row.activationMac))
	);
}

export interface RequestLeaseOptions<Key> extends LeaseKeyOptions<Key> {
	readonly planes: LeasePlanes;
	readonly audit: AuditLog;
	/** The operator's: by which a lease that is used up is ended. */
	readonly plane: Plane;
	/** What an answer waits for before it leaves. */
	readonly waitForPublication: WaitForPublication;
	readonly onFailure: (error: unknown) => void;
	/** Where the values of a coordinate are stored. */
	readonly columnOf: (coordinate: string) => { readonly table: FirmOwnedTable; readonly property: string };
}

/** A request's reader of its lease; it lives until end(). */
export interface RequestLease<Key = unknown> extends LeaseReader<Key> {
	readonly activeLease: ActiveLease;
	/** Lets go of the lease and takes it again, for an answer that is longer than its deadline. @throws FirmsealError LEASE_NOT_ACTIVE */
	renew(): Promise<void>;
	/** Lets go of lease and keys: to be called when the answer is at the socket, or will never be. */
	end(): Promise<void>;
}

/** One for each request under a lease. `onExpire`: the deadline is over, whatever is being sent has to stop. */
export type OpenRequestLease = (open: ActiveLease, request: string, onExpire: () => void) => RequestLease;

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

/** What the caller is told if the database refuses a read batch. The budget has no code of its own: either way the lease doesn't cover it. */
const REFUSALS = {
	ENDED: leaseEndedError,
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
 * @throws FirmsealError LEASE_SCOPE: nothing of the batch was taken or read. LEASE_NOT_ACTIVE, AUDIT_UNAVAILABLE: nothing is answered. What fails before
 * the taking is committed, `intend` among it, takes nothing; what fails afterwards gives nothing back.
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
		const outcome = await takeFromLease(tx, session.use, { ...covered, values: indexes.length });
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

/** The last reader of values ends a lease whose budget is used up, once its own answer is out; should it fail, the broker does. */
async function endExhaustedLease(
	{ plane, audit }: Pick<RequestLeaseOptions<unknown>, 'plane' | 'audit'>,
	{ id, firm }: ActiveLease,
): Promise<void> {
	const record = (act: Act) => audit.append([systemEntry('operator', act)]);
	await endLease({ plane, record }, { id, firmId: firm }, 'EXHAUSTED', null);
}

const distinct = (items: readonly string[]): string[] => [...new Set(items)];
