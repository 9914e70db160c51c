import { isInUse } from '../../access/index.ts';
import { type LeaseRow, lockLease, selectAllFirms, selectLeasesInUse } from '../../database/index.ts';
import { type KeyGrant, KeyUnavailableError } from '../../keys/index.ts';
import { endByBroker } from './end.ts';
import { grantName, parseGrantName } from './grants.ts';
import { type BrokerParts, entryOf } from './parts.ts';

/** Revokes the leases of firms whose wrapping key is disabled or gone. A key service that is away says nothing about any key. */
export async function watchKeys(parts: BrokerParts): Promise<void> {
	const inUse = await parts.plane.read(null, selectLeasesInUse);
	for (const [firm, leases] of Map.groupBy(inUse, ({ firmId }) => firmId)) {
		if (await isUsable(parts, firm)) continue;
		for (const { id: lease } of leases) {
			if (await endByBroker(parts, { lease, firm }, 'REVOKED')) parts.report.withdrawn({ lease, firm }, 'KEY');
		}
	}
}

async function isUsable({ keyring }: BrokerParts, firm: string): Promise<boolean> {
	try {
		return (await keyring.describeKey(firm))?.state === 'ENABLED';
	} catch (error) {
		if (error instanceof KeyUnavailableError) return error.reason !== 'REFUSED';
		throw error;
	}
}

/**
 * Compares what the key service has with what the leases say, for every firm: a grant of a lease that isn't in use is taken, also of
 * one that the database doesn't know; an active lease without all its grants is revoked, for nobody knows who took them.
 * The first error is thrown when all firms were looked at.
 */
export async function sweepGrants(parts: BrokerParts): Promise<void> {
	const firms = await parts.plane.read(null, selectAllFirms);
	const errors: unknown[] = [];
	for (const { id } of firms) await sweepFirm(parts, id).catch((error: unknown) => errors.push(error));
	if (errors.length > 0) throw errors[0];
}

async function sweepFirm(parts: BrokerParts, firm: string): Promise<void> {
	// In this order: what is active has its grants already, and loses them only when it is active no more.
	const inUse = (await parts.plane.read(null, selectLeasesInUse)).filter(({ firmId }) => firmId === firm);
	const grants = await parts.keyring.listGrants(firm);
	const there = new Set(grants.map(({ name, class: keyClass }) => `${name} ${keyClass}`));
	for (const grant of grants) {
		const of = parseGrantName(grant.name);
		if (of && !inUse.some((row) => isGrantOf(row, grant))) await takeOrphan(parts, grant, of.lease);
	}
	for (const { id: lease, state, classes } of inUse) {
		if (state !== 'ACTIVE' || classes.every((each) => there.has(`${grantName(lease, each)} ${each}`))) continue;
		if (await endByBroker(parts, { lease, firm }, 'REVOKED')) parts.report.withdrawn({ lease, firm }, 'GRANT');
	}
}

const isGrantOf = ({ id, firmId, state, classes }: LeaseRow, grant: KeyGrant): boolean =>
	isInUse(state) &&
	firmId === grant.firm &&
	classes.some((each) => each === grant.class && grantName(id, each) === grant.name);

/** Looks again under the lease's lock, because it may have begun meanwhile. */
async function takeOrphan(parts: BrokerParts, grant: KeyGrant, lease: string): Promise<void> {
	const { plane, keyring, audit, report } = parts;
	const { firm, name } = grant;
	const isTaken = await plane.write(null, async (tx) => {
		const found = await lockLease(tx, lease);
		if (found && isGrantOf(found, grant)) return false;
		await keyring.revokeGrant({ name, firm });
		await audit.append([entryOf({ lease, firm }, { action: 'key.ungrant' })]);
		return true;
	});
	if (isTaken) report.orphan({ lease, firm });
}
