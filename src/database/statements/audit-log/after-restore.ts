import { and, asc, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { auditEntries, firms, leases, memberships, operators, storedObjects } from '../../tables/index.ts';
import { extendStatementTimeout } from '../jobs/jobs.ts';
import type { LeaseRow } from '../leases/leases.ts';

export interface KnownObject {
	readonly tag: string;
	readonly firm: string;
	readonly versionId: string;
	readonly state: string;
	readonly size: number | null;
	readonly sha256: Uint8Array | null;
}

const ofObject = {
	tag: storedObjects.tag,
	firm: storedObjects.firmId,
	versionId: storedObjects.versionId,
	state: storedObjects.state,
	size: storedObjects.size,
	sha256: storedObjects.sha256,
};

/** In the order of their tags, after `after`; null starts with the first. */
export const selectKnownObjects = (tx: Transaction, after: string | null, most: number): Promise<KnownObject[]> =>
	tx
		.select(ofObject)
		.from(storedObjects)
		.where(after === null ? undefined : gt(storedObjects.tag, after))
		.orderBy(asc(storedObjects.tag))
		.limit(most);

/** Numbers of stored files, of objects being written, and of objects being deleted. */
export async function countKnownObjects(
	tx: Transaction,
): Promise<{ readonly stored: number; readonly underWay: number; readonly leaving: number }> {
	const {
		rows: [row],
	} = await tx.execute(sql`
		select count(*) filter (where state = 'STORED') as stored,
			count(*) filter (where state in ('UPLOADING', 'RESEALING')) as "underWay",
			count(*) filter (where state = 'DELETING') as leaving from ${storedObjects}`);
	return { stored: Number(row?.stored), underWay: Number(row?.underWay), leaving: Number(row?.leaving) };
}

/** The tags among these that still belong to stored files. */
export async function selectStoredTags(tx: Transaction, tags: readonly string[]): Promise<ReadonlySet<string>> {
	const rows = await tx
		.select({ tag: storedObjects.tag })
		.from(storedObjects)
		.where(and(inArray(storedObjects.tag, [...tags]), eq(storedObjects.state, 'STORED')));
	return new Set(rows.map(({ tag }) => tag));
}

/** A lease that has ended neither by its row nor by its time. */
export type UnendedLease = Pick<LeaseRow, 'id' | 'state'>;

export const selectUnendedLeases = (tx: Transaction): Promise<UnendedLease[]> =>
	tx
		.select({ id: leases.id, state: leases.state })
		.from(leases)
		.where(
			sql`(${leases.state} in ('REQUESTED', 'APPROVED') and ${leases.requestedAt} > clock_timestamp() - interval '24 hours'
				or ${leases.state} = 'ACTIVATING' or ${leases.state} = 'ACTIVE' and ${leases.expiresAt} > clock_timestamp())
				and not exists (select from public.lease_ends e where e.lease_id = ${leases.id})`,
		)
		.orderBy(asc(leases.id));

export interface LoggedLeaf {
	/** The entry's UUIDv7, which is in the order of time. */
	readonly id: string;
	readonly leaf: string;
}

/** Entries of some actions, in the order of their ids, after `after`. Scans the whole table, which may take minutes. */
export async function selectLeavesOfActions(
	tx: Transaction,
	actions: readonly string[],
	after: string | null,
	most: number,
): Promise<LoggedLeaf[]> {
	await extendStatementTimeout(tx);
	return (
		tx
			.select({ id: auditEntries.id, leaf: auditEntries.leaf })
			.from(auditEntries)
			// The keys of a leaf are sorted, so its action comes first (src/audit/FORMAT.md).
			.where(
				and(
					sql`split_part(${auditEntries.leaf}, '"', 4) = any (${sql.param([...actions])}::text[])`,
					after === null ? undefined : gt(auditEntries.id, after),
				),
			)
			.orderBy(asc(auditEntries.id))
			.limit(most)
	);
}

/** Who has a right by a row: members as `firm user`, operators, and active firms. */
export async function selectRightsInForce(tx: Transaction): Promise<{
	readonly members: ReadonlySet<string>;
	readonly operators: ReadonlySet<string>;
	readonly firms: ReadonlySet<string>;
}> {
	const members = await tx
		.select({ firm: memberships.firmId, user: memberships.userId })
		.from(memberships)
		.where(isNull(memberships.removedAt));
	const enabled = await tx.select({ user: operators.userId }).from(operators).where(isNull(operators.disabledAt));
	const working = await tx.select({ id: firms.id }).from(firms).where(eq(firms.status, 'ACTIVE'));
	return {
		members: new Set(members.map(({ firm, user }) => `${firm} ${user}`)),
		operators: new Set(enabled.map(({ user }) => user)),
		firms: new Set(working.map(({ id }) => id)),
	};
}
