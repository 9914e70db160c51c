import { and, asc, desc, eq, gte, inArray, lt, ne, sql } from 'drizzle-orm';
import type { DataKeyRecord } from '../../../keys/index.ts';
import type { Transaction } from '../../plane.ts';
import { dataKeys, jobs, keyFloors, keyRefusals } from '../../tables/index.ts';

type Of = Pick<DataKeyRecord, 'firm' | 'class'>;
type Version = Of & Pick<DataKeyRecord, 'version'>;

const ofSeries = ({ firm, class: of }: Of) => and(eq(dataKeys.firmId, firm), eq(dataKeys.class, of));
const isVersion = ({ version, ...of }: Version) => and(ofSeries(of), eq(dataKeys.version, version));

/** All versions of a firm's data keys, of all classes: also those that were destroyed. */
export const selectDataKeys = (tx: Transaction, firm: string): Promise<DataKeyRecord[]> =>
	tx
		.select()
		.from(dataKeys)
		.where(eq(dataKeys.firmId, firm))
		.orderBy(asc(dataKeys.class), asc(dataKeys.version))
		.then((rows) => rows.map(({ firmId, ...row }) => ({ firm: firmId, ...row })));

/** Whether what seals now is this version, or a later one. */
export async function isSealingVersionAtLeast(tx: Transaction, { version, ...of }: Version): Promise<boolean> {
	const rows = await tx
		.select({ version: dataKeys.version })
		.from(dataKeys)
		.where(and(ofSeries(of), eq(dataKeys.state, 'ACTIVE'), gte(dataKeys.version, version)));
	return rows.length > 0;
}

/** Those that still open something. */
export const selectUsableKeys = async (tx: Transaction, firm: string): Promise<DataKeyRecord[]> =>
	(await selectDataKeys(tx, firm)).filter(({ state }) => state !== 'DESTROYED');

/** Puts another wrapping in the place of the very one that was read. false: it is another by now. */
export async function replaceWrapped(
	tx: Transaction,
	{ wrapped, ...record }: Version & Pick<DataKeyRecord, 'wrapped'>,
	fresh: Pick<DataKeyRecord, 'wrapped' | 'keyId' | 'ownKey'>,
): Promise<boolean> {
	const rows = await tx
		.update(dataKeys)
		.set(fresh)
		.where(and(isVersion(record), eq(dataKeys.wrapped, wrapped)))
		.returning({ version: dataKeys.version });
	return rows.length === 1;
}

/** false: it is in none of the states `from`. */
export async function setKeyState(
	tx: Transaction,
	version: Version,
	from: readonly DataKeyRecord['state'][],
	to: DataKeyRecord['state'],
): Promise<boolean> {
	const rows = await tx
		.update(dataKeys)
		.set({ state: to })
		.where(and(isVersion(version), inArray(dataKeys.state, [...from])))
		.returning({ version: dataKeys.version });
	return rows.length === 1;
}

/** Nothing is under them any more: they open nothing from now on. Answers which. */
export async function disableOlderKeys(tx: Transaction, { version, ...of }: Version): Promise<number[]> {
	const rows = await tx
		.update(dataKeys)
		.set({ state: 'DISABLED' })
		.where(and(ofSeries(of), lt(dataKeys.version, version), eq(dataKeys.state, 'RETIRED')))
		.returning({ version: dataKeys.version });
	return rows.map((row) => row.version).sort((a, b) => a - b);
}

/** All that are under another wrapping key than this one open nothing from now on. */
export async function disableLostKeys(tx: Transaction, firm: string, of: string, keyId: string): Promise<void> {
	await tx
		.update(dataKeys)
		.set({ state: 'DISABLED' })
		.where(
			and(ofSeries({ firm, class: of }), ne(dataKeys.keyId, keyId), inArray(dataKeys.state, ['ACTIVE', 'RETIRED'])),
		);
}

/** Overwrites what is stored of a disabled version; its number and commitment stay. false: it isn't disabled. */
export async function destroyKey(tx: Transaction, version: Version): Promise<boolean> {
	const rows = await tx
		.update(dataKeys)
		.set({ state: 'DESTROYED', wrapped: new Uint8Array() })
		.where(and(isVersion(version), eq(dataKeys.state, 'DISABLED')))
		.returning({ version: dataKeys.version });
	return rows.length === 1;
}

/**
 * From the commit on the database takes no value under an older version. A floor only rises. It is to be marked in a later transaction.
 */
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

/** Notes who is to be waited for: in a transaction after the one that raised the floor, since the one who does not see it has begun by then. */
export async function markMinimumKeyVersion(tx: Transaction, { firm, class: of }: Version): Promise<void> {
	await tx
		.update(keyFloors)
		.set({ setIn: sql`pg_current_xact_id()::text::bigint` })
		.where(and(eq(keyFloors.firmId, firm), eq(keyFloors.class, of)));
}

/** Whether every transaction has ended that may not have seen the floor when it was marked; null: there is no floor so high. */
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

/** Seconds since all processes were last told to let go of the firm's keys; null: not within the last minutes. */
export async function selectKeyPurgeAge(tx: Transaction, firm: string): Promise<number | null> {
	const [row] = await tx
		.select({ age: sql<number>`extract(epoch from clock_timestamp() - ${keyRefusals.refusedAt})::float8` })
		.from(keyRefusals)
		.where(eq(keyRefusals.firmId, firm))
		.orderBy(desc(keyRefusals.refusedAt))
		.limit(1);
	return row?.age ?? null;
}

/** Data keys that have sealed for longer than so many days, and have no rotation under way; the key of checkpoints is not among them. */
export async function selectAgedKeys(tx: Transaction, days: number, most: number): Promise<Version[]> {
	const { rows } = await tx.execute(sql`
		select k.firm_id as firm, k.class, k.version::float8 as version from ${dataKeys} k
		where k.state = 'ACTIVE' and k.class <> 'CHECKPOINT' and k.created_at < clock_timestamp() - ${days} * interval '1 day'
			and not exists (select from ${jobs} j where j.firm_id = k.firm_id and j.kind = 'ROTATE' and j.class = k.class
				and (j.ended_at is null or j.state in ('FAILED', 'CANCELLED') and j.ended_at > clock_timestamp() - interval '1 day'))
		order by k.created_at limit ${most}`);
	return rows as unknown as Version[];
}

/** Whether another job that changes the firm's wrapping key comes before this one: it has begun, or was asked for first. */
export async function isAnotherChangeFirst(
	tx: Transaction,
	{ id, firmId }: { readonly id: string; readonly firmId: string },
): Promise<boolean> {
	const {
		rows: [row],
	} = await tx.execute(sql`
		select exists (select from ${jobs} j where j.firm_id = ${firmId} and j.id <> ${id} and j.kind in ('BRING', 'GIVE_BACK')
			and j.state in ('QUEUED', 'RUNNING') and (j.step > 0 or j.id < ${id})) as is_first`);
	return row?.is_first === true;
}

/** Whether a lease of the firm of the job has grants of the key service on its wrapping key, or may have. */
export async function mayLeaseHaveGrants(tx: Transaction): Promise<boolean> {
	const {
		rows: [row],
	} = await tx.execute(sql`select lease_may_have_grants() as is_held`);
	return row?.is_held === true;
}
