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

/** One sentence for every reason, so that a person who forges a row learns nothing about which check failed. */
const NOT_ACTIVE = 'The lease is not active, or is not yours: request a lease of your own.';

/** The lease exists but may not be used. */
export class RefusedLeaseError extends FirmsealError {
	override readonly name = 'RefusedLeaseError';
	readonly firm: string;
	/** Whether the row says that the lease is active but isn't proven: SQL has inserted or changed it. */
	readonly isForged: boolean;

	constructor(firm: string, isForged: boolean) {
		super('LEASE_NOT_ACTIVE', NOT_ACTIVE);
		this.firm = firm;
		this.isForged = isForged;
	}
}

/**
 * The lease that a request names, if this operator requested it, it is active by the database's clock, and it is proven: the content of the request,
 * and its activation by the broker until the time in the row.
 * @throws FirmsealError LEASE_NOT_ACTIVE, with one sentence for every reason, and as RefusedLeaseError if the lease exists; KEY_UNAVAILABLE.
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
	/** The operator's plane, to end a lease whose budget is used up. */
	readonly plane: Plane;
	/** Awaited before an answer is sent. */
	readonly waitForPublication: WaitForPublication;
	readonly onFailure: (error: unknown) => void;
	/** The column that stores the values of a coordinate. */
	readonly columnOf: (coordinate: string) => { readonly table: FirmOwnedTable; readonly property: string };
}

/** Reads under a lease for one request, until end(). */
export interface RequestLease<Key = unknown> extends LeaseReader<Key> {
	readonly activeLease: ActiveLease;
	/** Releases the lease and holds it again, for an answer that takes longer than the deadline. @throws FirmsealError LEASE_NOT_ACTIVE */
	renew(): Promise<void>;
	/** Releases lease and keys. Call it when the answer has been passed to the socket, or will never be. */
	end(): Promise<void>;
}

/** Called once for each request under a lease. `onExpire`: the deadline has passed, so sending must stop. */
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
	/** Audit entries of calls to the keyring. They must be durable before anything is answered. */
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

/** Errors for a read batch that the database refuses. The budget has no error code of its own: in both cases the lease doesn't cover the batch. */
const REFUSALS = {
	ENDED: leaseEndedError,
	SCOPE: () => new FirmsealError('LEASE_SCOPE', 'This is outside the lease: read only what the lease covers.'),
	BUDGET: () =>
		new FirmsealError(
			'LEASE_SCOPE',
			'This would exceed the read budget of the lease: read fewer values, or request a new lease.',
		),
} as const;

/**
 * Takes a read batch from the lease's budget, then reads the locations. Returns their values in the same order. Only locations that hold a value
 * count. `intend` makes the audit entry of the intent durable before anything is read. It gets the indexes of the locations that hold a value.
 * @throws FirmsealError LEASE_SCOPE: nothing was taken or read. LEASE_NOT_ACTIVE, AUDIT_UNAVAILABLE: nothing is answered. A failure before the
 * batch is committed, including one of `intend`, takes nothing from the budget; a later failure returns nothing to it.
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
		// If the request has ended, this is not committed and nothing is taken.
		session.assertNotOver();
		if (indexes.length > 0) await intend(indexes);
		return indexes;
	});
	const values: (Sealed | null)[] = locations.map(() => null);
	if (present.length === 0) return values;
	// Reads only counted locations: another may have received a value since.
	const counted = present.flatMap((index) => locations[index] ?? []);
	const read = await session.withHeldLease(async (tx) => {
		await session.assertHeld(tx);
		const sealed = await selectSealed(tx, counted);
		// null: the value was removed since it was counted, or the lease has ended and hides it.
		if (sealed.includes(null)) await session.assertHeld(tx);
		return sealed;
	});
	for (const [at, index] of present.entries()) values[index] = read[at] ?? null;
	return values;
}

/** The last reader ends a lease whose budget is used up, after its own answer was sent. If this fails, the broker ends the lease. */
async function endExhaustedLease(
	{ plane, audit }: Pick<RequestLeaseOptions<unknown>, 'plane' | 'audit'>,
	{ id, firm }: ActiveLease,
): Promise<void> {
	const record = (act: Act) => audit.append([systemEntry('operator', act)]);
	await endLease({ plane, record }, { id, firmId: firm }, 'EXHAUSTED', null);
}

const distinct = (items: readonly string[]): string[] => [...new Set(items)];
