import { activationStatement } from '../../../src/access/index.ts';
import { systemClock } from '../../../src/clock/clock.ts';
import { lockLease, selectLeaseEvidence, selectNow, startLease } from '../../../src/database/index.ts';
import { PLATFORM_FIRM_ID } from '../../../src/keys/index.ts';
import { decideLease } from '../../../src/leases/broker/decide.ts';
import { endByBroker, revokeEndedGrants } from '../../../src/leases/broker/end.ts';
import { createGrants } from '../../../src/leases/broker/grants.ts';
import type { BrokerParts, LeaseRef } from '../../../src/leases/broker/parts.ts';
import { createLeaseTasks } from '../../../src/leases/broker/tasks.ts';
import { hexOf } from '../../../src/leases/index.ts';
import { openKeyring, openLog, openPlaneOf, openRights } from '../../../src/wiring/index.ts';
import type { TestInstallation } from '../../support/installation.ts';

/** A broker that acts only when a test calls it, so that nothing happens between two attempts. */
export interface Broker {
	/** Verifies an ACTIVATING lease, and activates or revokes it. Returns the reasons of a refusal, empty if the lease is ACTIVE. */
	decide(lease: LeaseRef): Promise<readonly string[]>;
	/** Ends a lease whose time is over, and revokes its grants. */
	expire(lease: LeaseRef): Promise<void>;
	/** Revokes the grants of an ended lease. */
	clear(lease: LeaseRef): Promise<void>;
	/** One pass over all leases, until the tasks that it starts are done. */
	look(): Promise<void>;
	/** Activates a lease without any verification, with the broker's database role and keyring. It removes the broker's lock. */
	activateUnverified(lease: LeaseRef): Promise<void>;
	/** Revokes every grant on a firm. */
	clearFirm(firm: string): Promise<void>;
	close(): Promise<void>;
}

export async function openBroker({ config, database }: TestInstallation): Promise<Broker> {
	const plane = openPlaneOf(database, 'firmseal_broker', 4);
	const keyPlane = openPlaneOf(database, 'firmseal_broker', 2);
	const logPlane = openPlaneOf(database, 'firmseal_broker', 1);
	const audit = openLog(logPlane);
	const keyring = await openKeyring(config, 'broker');
	const rights = openRights({ plane: keyPlane, keyring, audit, config, clock: systemClock, onUnrecorded: () => {} });
	let refusedFor: readonly string[] = [];
	const nothing = () => {};
	const report: BrokerParts['report'] = {
		started: nothing,
		approvalsIgnored: nothing,
		revoked: nothing,
		orphanGrantRevoked: nothing,
		failed: nothing,
		refused(_, { refusalReasons }) {
			refusedFor = refusalReasons;
		},
	};
	const parts: BrokerParts = { plane, keyring, rights, audit, report };
	return {
		async decide(lease) {
			refusedFor = [];
			await decideLease(parts, lease);
			return refusedFor;
		},
		async expire(lease) {
			await endByBroker(parts, lease, 'EXPIRED');
			await revokeEndedGrants(parts, lease);
		},
		clear: (lease) => revokeEndedGrants(parts, lease),
		async look() {
			const tasks = createLeaseTasks(parts, systemClock);
			for (const wereActive of [true, false]) await tasks.startDue(wereActive, nothing);
			await tasks.whenIdle();
		},
		async activateUnverified({ lease, firm }) {
			const prove = await rights.prover(PLATFORM_FIRM_ID);
			await plane.write(null, async (tx) => {
				await lockLease(tx, lease);
				const grounds = await selectLeaseEvidence(tx, lease);
				if (!grounds) throw new Error('no such lease');
				const { classes, minutes, requestHash } = grounds.lease;
				await createGrants(parts, tx, { lease, firm, classes });
				const activatedAt = await selectNow(tx);
				const expiresAt = new Date(activatedAt.getTime() + minutes * 60_000);
				const statement = { lease, firm, requestHash: hexOf(requestHash), activatedAt, expiresAt };
				await startLease(tx, lease, { activatedAt, expiresAt, activationMac: prove(activationStatement(statement)) });
			});
		},
		async clearFirm(firm) {
			for (const { name } of await keyring.listGrants(firm)) await keyring.revokeGrant({ name, firm });
		},
		async close() {
			await audit.close();
			await Promise.all([plane, keyPlane, logPlane].map((each) => each.close()));
		},
	};
}
