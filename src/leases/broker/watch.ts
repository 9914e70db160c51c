import {
	type LeaseRow,
	selectAllFirms,
	selectGrantedLease,
	selectLeasesInUse,
	selectRecentGrants,
} from '../../database/index.ts';
import { type KeyGrant, KeyUnavailableError } from '../../keys/index.ts';
import { endByBroker, LockedLeaseError, WITHOUT_WAIT } from './end.ts';
import { grantName, parseGrantName } from './grants.ts';
import { type BrokerParts, type LeaseRef, leaseEntry } from './parts.ts';

/** Called for each item that fails. The other items are still processed. */
export type ReportFailure = (error: unknown, of: Partial<LeaseRef>) => void;

/**
 * Revokes the leases of firms whose wrapping key is disabled, deleted, or can't open anything. Does nothing while the key service is unavailable.
 */
export async function watchKeys(parts: BrokerParts, fail: ReportFailure): Promise<void> {
	const inUse = await parts.plane.read(null, (tx) => selectLeasesInUse(tx));
	for (const [firm, leases] of Map.groupBy(inUse, ({ firmId }) => firmId)) {
		const withdrawAll = async () => {
			if (await isUsable(parts, firm)) return;
			parts.onRefused?.(firm);
			await revokeLeases(parts, leases, 'KEY', fail);
		};
		await withdrawAll().catch((error: unknown) => fail(error, { firm }));
	}
}

/** A lease whose row is locked is marked as ending and loses its grants here. A later round ends it. */
async function revokeLeases(
	parts: BrokerParts,
	leases: readonly LeaseRow[],
	because: 'KEY' | 'GRANT',
	fail: ReportFailure,
): Promise<void> {
	for (const { id: lease, firmId: firm } of leases) {
		const id = { lease, firm };
		const isDone = await endByBroker(parts, id, 'REVOKED', WITHOUT_WAIT).catch((error: unknown) => {
			if (error instanceof LockedLeaseError) return true;
			return fail(error, id);
		});
		if (isDone) parts.report.revoked(id, because);
	}
}

async function isUsable({ keyring, rights }: BrokerParts, firm: string): Promise<boolean> {
	try {
		if ((await keyring.describeKey(firm))?.state !== 'ENABLED') return false;
		// Cached, so that this makes no call until a process learns that a key of the firm is refused.
		await rights.prover(firm);
		return true;
	} catch (error) {
		if (error instanceof KeyUnavailableError) return error.reason !== 'REFUSED';
		throw error;
	}
}

/**
 * Compares the grants in the key service with the leases, for every firm. Revokes grants of leases that are not in use or unknown to the
 * database. Revokes an active lease that lacks a grant, because someone else must have removed it.
 */
export async function sweepGrants(parts: BrokerParts, fail: ReportFailure): Promise<void> {
	const firms = await parts.plane.read(null, selectAllFirms);
	for (const { id: firm } of firms) await sweepFirm(parts, firm, fail).catch((error: unknown) => fail(error, { firm }));
}

async function sweepFirm(parts: BrokerParts, firm: string, fail: ReportFailure): Promise<void> {
	// Reads leases before grants: an active lease already has its grants, and loses them only after it has ended.
	const [inUse, young] = await parts.plane.read(
		null,
		async (tx) => [await selectLeasesInUse(tx, firm), await selectRecentGrants(tx, firm)] as const,
	);
	const grants = await parts.keyring.listGrants(firm);
	const there = new Set(grants.map(({ name, class: keyClass }) => `${name} ${keyClass}`));
	// A key service that gives tokens lists new grants with a delay.
	for (const { lease, class: keyClass } of young) there.add(`${grantName(lease, keyClass)} ${keyClass}`);
	for (const grant of grants) {
		const of = parseGrantName(grant.name);
		if (of && !inUse.some((row) => isGrantOf(row, grant))) await revokeOrphanGrant(parts, grant, of.lease);
	}
	const ungranted = inUse.filter(
		({ id, state, classes }) =>
			state === 'ACTIVE' && !classes.every((each) => there.has(`${grantName(id, each)} ${each}`)),
	);
	await revokeLeases(parts, ungranted, 'GRANT', fail);
}

const isGrantOf = ({ id, firmId, classes }: LeaseRow, grant: KeyGrant): boolean =>
	firmId === grant.firm && classes.some((each) => each === grant.class && grantName(id, each) === grant.name);

/** Checks again, because the lease may have been activated since. Does not lock the row, which someone might hold. */
async function revokeOrphanGrant(parts: BrokerParts, grant: KeyGrant, lease: string): Promise<void> {
	const { plane, keyring, audit, report } = parts;
	const { firm, name } = grant;
	const found = await plane.read(null, (tx) => selectGrantedLease(tx, lease));
	if (found && isGrantOf(found, grant)) return;
	await keyring.revokeGrant({ name, firm });
	await audit.append([leaseEntry({ lease, firm }, { action: 'key.ungrant' })]);
	report.orphanGrantRevoked({ lease, firm });
}
