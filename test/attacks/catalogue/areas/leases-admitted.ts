import { expect } from 'vitest';
import { approvalStatement } from '../../../../src/access/index.ts';
import { insertLeaseApproval, lockLease, selectLease, transitionLease } from '../../../../src/database/index.ts';
import { PLATFORM_FIRM_ID } from '../../../../src/keys/index.ts';
import { hexOf } from '../../../../src/leases/index.ts';
import { openKeyring, openRights } from '../../../../src/wiring/index.ts';
import { withPlaneParts } from '../../../../src/wiring/installation.ts';
import { leasesOver } from '../../../leases/by-api.ts';
import { claimsOf } from '../../scene.ts';
import type { Area, Attack } from '../attack.ts';
import { breaking, requested, setPolicy } from '../lease-parts.ts';
import type { Stage } from '../stage.ts';

const titleOf = ({ ours }: Stage) => `{ note(id: "${ours.ids.note}") { title } }`;

/** An attack that works, as SECURITY.md says. */
const works = (attack: string, expected: string, admitted: string, run: (stage: Stage) => Promise<void>): Attack => ({
	attack,
	expected: `Works: ${expected}`,
	layer: 'none',
	async run(stage) {
		await run(stage);
		return { admitted };
	},
});

const NOTICED = ['LEASE_REQUESTED', 'LEASE_APPROVED', 'LEASE_ACTIVATED'];
const noticesOf = async ({ admin }: Stage, lease: string): Promise<string[]> =>
	(await admin`select kind from notices where lease_id = ${lease} order by created_at, id`).map(({ kind }) => kind);

/** Forges an approver's approval, and moves the lease to APPROVED and ACTIVATING, with the means of the operator plane only. */
const forgeApproval = ({ installation: { config, database }, approver }: Stage, lease: string) =>
	// The login and keyring of a process of the operator plane.
	withPlaneParts(config, database, 'operator', 2, async (parts) => {
		const { plane } = parts;
		const rights = openRights({ ...parts, config, onUnrecorded: () => {} });
		const row = await plane.read(null, (tx) => selectLease(tx, lease));
		if (!row) throw new Error('no such lease');
		const { firmId: firm, requestHash } = row;
		const user = claimsOf(approver).sub;
		const side = 'PLATFORM' as const;
		const statement = approvalStatement({ lease, firm, requestHash: hexOf(requestHash), side, user });
		const mac = await rights.prove(PLATFORM_FIRM_ID, statement);
		await plane.write(null, (tx) =>
			insertLeaseApproval(tx, { leaseId: lease, firmId: firm, side, userId: user, requestHash, mac }),
		);
		for (const state of ['APPROVED', 'ACTIVATING'] as const)
			await plane.write(null, async (tx) => {
				await lockLease(tx, lease);
				await transitionLease(tx, lease, state, user);
			});
	});

/** SECURITY.md states each of these. */
export const leasesAdmitted: Area = {
	title: 'Attacks on leases that work',
	attacks: [
		works(
			'A dishonest operator plane requests and approves a lease by itself, under the policy NOTIFY',
			'the broker finds every MAC valid. The owners are notified at each step',
			'With the policy NOTIFY it gets a lease by itself',
			async (stage) => {
				await setPolicy(stage, 'NOTIFY');
				try {
					const { id: lease } = await requested(stage);
					await forgeApproval(stage, lease);
					expect(await stage.broker.decide({ lease, firm: stage.north.id })).toEqual([]);
					expect((await stage.under(lease, titleOf(stage))).data.note.title).toContain(stage.ours.marker);
					expect(await noticesOf(stage, lease)).toEqual([...NOTICED, 'LEASE_READ']);
					await leasesOver(stage.api.ask).step(stage.north.owner, 'revoke', lease);
					await stage.broker.clear({ lease, firm: stage.north.id });
				} finally {
					await setPolicy(stage, 'APPROVE');
				}
				// It can't forge an owner’s approval.
				const { id: lease } = await requested(stage);
				await forgeApproval(stage, lease);
				expect(await stage.broker.decide({ lease, firm: stage.north.id })).toEqual(['APPROVALS']);
			},
		),
		works(
			'A dishonest operator plane reads beyond the fields and the budget of an active lease, without a record',
			'row policies and grants enforce only firm, classes and records. Nothing else opens, and nothing after the lease ends',
			'reads past its coordinates and budget, without a record',
			async (stage) => {
				const { id } = await stage.lease({
					coordinates: ['Note.title'],
					readBudget: 1,
					recordIds: [stage.ours.ids.note],
				});
				const rows = await breaking(stage, id, 'select id, body from notes');
				expect(rows.map((row: { id: string }) => row.id)).toEqual([stage.ours.ids.note]);
				expect(rows[0].body.subarray(0, 2).toString('hex')).toBe('f501');
				const [key] = await breaking(stage, id, "select wrapped from data_keys where class = 'NOTE'");
				const keyring = await openKeyring(stage.installation.config, 'operator');
				const unwrapped = await keyring.unwrap({ firm: stage.north.id, class: 'NOTE' }, key.wrapped);
				expect(unwrapped.plaintext).toHaveLength(32);
				const [budget] = await stage.admin`select used from lease_budgets where lease_id = ${id}`;
				expect(Number(budget?.used)).toBe(0);
				await stage.ask(stage.north.owner, `mutation { revokeBreakGlass(leaseId: "${id}") { lease { state } } }`);
				expect([...(await breaking(stage, id, 'select body from notes'))]).toEqual([]);
			},
		),
		works(
			'A database administrator resets the used budget of a lease',
			'the count has no MAC. Each read is on record',
			'may set back what a lease has used of its budget',
			async (stage) => {
				const { id } = await stage.lease({ readBudget: 2 });
				for (let n = 0; n < 3; n++) {
					expect((await stage.under(id, titleOf(stage))).data.note.title).toContain(stage.ours.marker);
					await stage.admin`update lease_budgets set used = 0 where lease_id = ${id}`;
				}
				const uses = await stage.admin`
					select 1 from audit_entries where leaf::jsonb ->> 'lease' = ${id} and leaf::jsonb ->> 'action' = 'lease.use'`;
				expect(uses).toHaveLength(3);
			},
		),
		works(
			'A database administrator resets an ended lease to ACTIVATING',
			'it is activated again for its minutes, since all its MACs are valid. The owners are notified again',
			'may put a lease that has ended back to before its activation',
			async (stage) => {
				const { id: lease } = await stage.lease();
				await stage.clear();
				expect((await stage.under(lease, titleOf(stage))).status).toBe(403);
				await stage.admin.begin(async (tx) => {
					await tx.unsafe(
						'alter table leases disable trigger guard; alter table lease_ends disable trigger append_only_row',
					);
					await tx`delete from lease_ends where lease_id = ${lease}`;
					await tx`update leases set state = 'ACTIVATING', ended_at = null, cleared_at = null, activated_at = null,
						expires_at = null, activation_mac = null where id = ${lease}`;
					await tx.unsafe(
						'alter table leases enable always trigger guard; alter table lease_ends enable always trigger append_only_row',
					);
				});
				expect(await stage.broker.decide({ lease, firm: stage.north.id })).toEqual([]);
				expect((await stage.under(lease, titleOf(stage))).data.note.title).toContain(stage.ours.marker);
				const told = (await noticesOf(stage, lease)).filter((kind) => kind === 'LEASE_ACTIVATED');
				expect(told).toHaveLength(2);
				await leasesOver(stage.api.ask).step(stage.north.owner, 'revoke', lease);
				await stage.broker.clear({ lease, firm: stage.north.id });
			},
		),
	],
};
