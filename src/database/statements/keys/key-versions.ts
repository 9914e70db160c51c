import { and, asc, desc, eq, gte, inArray, lt, ne, sql } from 'drizzle-orm';
import type { DataKeyRecord } from '../../../keys/index.ts';
import type { Transaction } from '../../plane.ts';
import { isOneRow, selectBoolean } from '../../single-row.ts';
import { dataKeys, firmCustody, jobs, keyFloors, keyRefusals } from '../../tables/index.ts';

type Of = Pick<DataKeyRecord, 'firm' | 'class'>;
type Version = Of & Pick<DataKeyRecord, 'version'>;

const ofSeries = ({ firm, class: of }: Of) => and(eq(dataKeys.firmId, firm), eq(dataKeys.class, of));
const isVersion = ({ version, ...of }: Version) => and(ofSeries(of), eq(dataKeys.version, version));

/** All versions of a firm's data keys, including destroyed ones. */
export const selectDataKeys = (tx: Transaction, firm: string): Promise<DataKeyRecord[]> =>
	tx
		.select()
		.from(dataKeys)
		.where(eq(dataKeys.firmId, firm))
		.orderBy(asc(dataKeys.class), asc(dataKeys.version))
		.then((rows) => rows.map(({ firmId, ...row }) => ({ firm: firmId, ...row })));

/** Whether the active version is this one or a later one. */
export async function isSealingVersionAtLeast(tx: Transaction, { version, ...of }: Version): Promise<boolean> {
	const rows = await tx
		.select({ version: dataKeys.version })
		.from(dataKeys)
		.where(and(ofSeries(of), eq(dataKeys.state, 'ACTIVE'), gte(dataKeys.version, version)));
	return rows.length > 0;
}

/** All versions that are not destroyed. */
export const selectUsableKeys = async (tx: Transaction, firm: string): Promise<DataKeyRecord[]> =>
	(await selectDataKeys(tx, firm)).filter(({ state }) => state !== 'DESTROYED');

/** Replaces a wrapped key if it is unchanged since it was read. False if it has changed. */
export const replaceWrapped = (
	tx: Transaction,
	{ wrapped, ...record }: Version & Pick<DataKeyRecord, 'wrapped'>,
	fresh: Pick<DataKeyRecord, 'wrapped' | 'keyId' | 'ownKey'>,
): Promise<boolean> =>
	isOneRow(
		tx
			.update(dataKeys)
			.set(fresh)
			.where(and(isVersion(record), eq(dataKeys.wrapped, wrapped)))
			.returning({ version: dataKeys.version }),
	);

/** False if the version is in none of the states `from`. */
export const setKeyState = (
	tx: Transaction,
	version: Version,
	from: readonly DataKeyRecord['state'][],
	to: DataKeyRecord['state'],
): Promise<boolean> =>
	isOneRow(
		tx
			.update(dataKeys)
			.set({ state: to })
			.where(and(isVersion(version), inArray(dataKeys.state, [...from])))
			.returning({ version: dataKeys.version }),
	);

/** Disables all retired versions below this one, which seal no value any more. Returns their numbers, sorted. */
export async function disableOlderKeys(tx: Transaction, { version, ...of }: Version): Promise<number[]> {
	const rows = await tx
		.update(dataKeys)
		.set({ state: 'DISABLED' })
		.where(and(ofSeries(of), lt(dataKeys.version, version), eq(dataKeys.state, 'RETIRED')))
		.returning({ version: dataKeys.version });
	return rows.map((row) => row.version).sort((a, b) => a - b);
}

/** Disables all versions that are wrapped by another wrapping key than `keyId`. */
export async function disableLostKeys(tx: Transaction, firm: string, of: string, keyId: string): Promise<void> {
	await tx
		.update(dataKeys)
		.set({ state: 'DISABLED' })
		.where(
			and(ofSeries({ firm, class: of }), ne(dataKeys.keyId, keyId), inArray(dataKeys.state, ['ACTIVE', 'RETIRED'])),
		);
}

/** Overwrites the wrapped key of a disabled version, and keeps number and commitment. False if the version is not disabled. */
export const destroyKey = (tx: Transaction, version: Version): Promise<boolean> =>
	isOneRow(
		tx
			.update(dataKeys)
			.set({ state: 'DESTROYED', wrapped: new Uint8Array() })
			.where(and(isVersion(version), eq(dataKeys.state, 'DISABLED')))
			.returning({ version: dataKeys.version }),
	);

/** From the commit on, the database refuses values under older versions. The minimum never falls. markMinimumKeyVersion() must follow in a later transaction. */
export async function raiseMinimumKeyVersion(tx: Transaction, { firm, class: of, version }: Version): Promise<void> {
	const fresh = { version, setAt: sql`clock_timestamp()` };
	await tx
		.insert(keyFloors)
		.values({ firmId: firm, class: of, ...fresh })
		.onConflictDoUpdate({
			target: [keyFloors.firmId, keyFloors.class],
			set: fresh,
			setWhere: lt(keyFloors.version, version),
		});
}

/**
 * Records this transaction's id: every transaction that may not have seen the new minimum began before. Must run after the transaction that
 * raised the minimum has committed.
 */
export async function markMinimumKeyVersion(tx: Transaction, { firm, class: of }: Version): Promise<void> {
	await tx
		.update(keyFloors)
		.set({ setIn: sql`pg_current_xact_id()::text::bigint` })
		.where(and(eq(keyFloors.firmId, firm), eq(keyFloors.class, of)));
}

/** Whether every transaction that may not have seen the minimum has ended; null if the minimum is lower than `version`. */
export async function isMinimumKeyVersionSettled(
	tx: Transaction,
	{ firm, class: of, version }: Version,
): Promise<boolean | null> {
	const {
		rows: [row],
	} = await tx.execute(sql`
		select ${keyFloors.setIn} < pg_snapshot_xmin(pg_current_snapshot())::text::bigint as settled from ${keyFloors}
		where ${keyFloors.firmId} = ${firm} and ${keyFloors.class} = ${of} and ${keyFloors.version} >= ${version}`);
	return row ? row.settled === true : null;
}

/** Seconds since the last request that all processes drop the firm's keys; null if there is no recent one. */
export async function selectKeyPurgeAge(tx: Transaction, firm: string): Promise<number | null> {
	const [row] = await tx
		.select({ age: sql<number>`extract(epoch from clock_timestamp() - ${keyRefusals.refusedAt})::float8` })
		.from(keyRefusals)
		.where(eq(keyRefusals.firmId, firm))
		.orderBy(desc(keyRefusals.refusedAt))
		.limit(1);
	return row?.age ?? null;
}

/** Data keys that have been active for more than `days` and have no rotation under way. Leaves out the checkpoint key. */
export async function selectAgedKeys(tx: Transaction, days: number, most: number): Promise<Version[]> {
	const { rows } = await tx.execute(sql`
		select k.firm_id as firm, k.class, k.version::float8 as version from ${dataKeys} k
		where k.state = 'ACTIVE' and k.class <> 'CHECKPOINT' and k.created_at < clock_timestamp() - ${days} * interval '1 day'
			and not exists (select from ${firmCustody} c where c.firm_id = k.firm_id and c.class = k.class and c.custody <> 'PLATFORM')
			and not exists (select from ${jobs} j where j.firm_id = k.firm_id and j.kind = 'ROTATE' and j.class = k.class
				and (j.ended_at is null or j.state in ('FAILED', 'CANCELLED') and j.ended_at > clock_timestamp() - interval '1 day'))
		order by k.created_at limit ${most}`);
	return rows as unknown as Version[];
}

/** Whether another job that changes the firm's wrapping key must run before this one: it has begun, or was requested earlier. */
export const isAnotherChangeFirst = (
	tx: Transaction,
	{ id, firmId }: { readonly id: string; readonly firmId: string },
): Promise<boolean> =>
	selectBoolean(
		tx,
		sql`
		select exists (select from ${jobs} j where j.firm_id = ${firmId} and j.id <> ${id} and j.kind in ('BRING', 'GIVE_BACK')
			and j.state in ('QUEUED', 'RUNNING') and (j.step > 0 or j.id < ${id})) as is_first`,
	);

/** Whether a lease on the job's firm may have grants of the key service on the firm's wrapping key. */
export const mayLeaseHaveGrants = (tx: Transaction): Promise<boolean> =>
	selectBoolean(tx, sql`select public.lease_may_have_grants()`);
