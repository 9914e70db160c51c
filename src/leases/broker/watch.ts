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

/** What is told of each thing that failed; the others are done all the same. */
export type ReportFailure = (error: unknown, of: Partial<LeaseRef>) => void;

/**
 * Revokes the leases of firms whose wrapping key is disabled or gone, or opens nothing any more. A key service that is away says nothing
 * about any key.
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

/** One whose row someone holds is marked and has no grants any more: the rounds end it when they can. */
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
		// At hand, and no call, until someone hears that a key of the firm is refused.
		await rights.prover(firm);
		return true;
	} catch (error) {
		if (error instanceof KeyUnavailableError) return error.reason !== 'REFUSED';
		throw error;
	}
}

/**
 * Compares what the key service has with what the leases say, for every firm: a grant of a lease that isn't in use is taken, also of
 * one that the database doesn't know; an active lease without all its grants is revoked, for no one knows who took them.
 */
export async function sweepGrants(parts: BrokerParts, fail: ReportFailure): Promise<void> {
	const firms = await parts.plane.read(null, selectAllFirms);
	for (const { id: firm } of firms) await sweepFirm(parts, firm, fail).catch((error: unknown) => fail(error, { firm }));
}

async function sweepFirm(parts: BrokerParts, firm: string, fail: ReportFailure): Promise<void> {
	// In this order: what is active has its grants already, and loses them only when it is active no more.
	const [inUse, young] = await parts.plane.read(
		null,
		async (tx) => [await selectLeasesInUse(tx, firm), await selectRecentGrants(tx, firm)] as const,
	);
	const grants = await parts.keyring.listGrants(firm);
	const there = new Set(grants.map(({ name, class: keyClass }) => `${name} ${keyClass}`));
	// A key service that gives tokens lists what is new with delay.
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

/** Looks again, because it may have begun meanwhile; without the row's lock, which someone might hold. */
async function revokeOrphanGrant(parts: BrokerParts, grant: KeyGrant, lease: string): Promise<void> {
	const { plane, keyring, audit, report } = parts;
	const { firm, name } = grant;
	const found = await plane.read(null, (tx) => selectGrantedLease(tx, lease));
	if (found && isGrantOf(found, grant)) return;
	await keyring.revokeGrant({ name, firm });
	await audit.append([leaseEntry({ lease, firm }, { action: 'key.ungrant' })]);
	report.orphanGrantRevoked({ lease, firm });
}
