import type { OperatorPrincipal } from '../../src/access/index.ts';
import { markOwnerRecoveriesSeen } from '../../src/database/index.ts';
import {
	type AdminContext,
	approveRecovery,
	cancelRecovery,
	completeRecovery,
	findFirm,
	findRecovery,
	requestRecovery,
} from '../../src/firms/index.ts';
import { openPlaneOf } from '../../src/wiring/index.ts';
import { withAdminContext } from '../../src/wiring/installation.ts';
import { claimsOf, makeScene, type Person, type Scene } from '../attacks/scene.ts';

export type Recovering = Awaited<ReturnType<typeof makeRecovering>>;

export const idOf = (token: Person): string => claimsOf(token).sub;

/** A scene, and two approvers who run the steps of an owner recovery of its firm north. */
export async function makeRecovering() {
	const scene: Scene = await makeScene();
	const { admin, api, installation } = scene;

	async function approver(token: Person): Promise<OperatorPrincipal> {
		const [row] = await admin`select person_id from users where id = ${idOf(token)}`;
		return { kind: 'operator', user: idOf(token), person: row?.person_id, roles: new Set(['APPROVER']), proven: true };
	}
	const one = await approver(scene.approver);
	const two = await approver(await installation.addOperator('APPROVER'));
	const inOffice = <T>(work: (admin: AdminContext) => Promise<T>): Promise<T> =>
		withAdminContext(installation.config, installation.database, work);
	const firm = (admin: AdminContext) => findFirm(admin, scene.north.id);
	/** The hash of the recovery that they read before a step. */
	const read = async (admin: AdminContext, by: OperatorPrincipal): Promise<string> =>
		(await findRecovery(admin, await firm(admin), by)).requestHash;
	const openIds = async (): Promise<string[]> => {
		const rows =
			await admin`select id from owner_recoveries where id not in (select recovery_id from owner_recovery_ends)`;
		return rows.map(({ id }) => id);
	};

	return {
		scene,
		one,
		two,
		/** Adds another approver. */
		addApprover: async () => approver(await installation.addOperator('APPROVER')),
		inOffice,
		request: (email = 'member@north.example', by = one, name?: string, subject?: string) =>
			inOffice(
				async (admin) => (await requestRecovery(admin, await firm(admin), { email, name, subject }, by)).recovery,
			),
		read: (by: OperatorPrincipal) => inOffice((admin) => read(admin, by)),
		/** `seen` is the hash that they have read; by default the present hash. */
		approve: (by = two, seen?: string) =>
			inOffice(async (admin) => {
				const of = await firm(admin);
				return (await approveRecovery(admin, of, seen ?? (await read(admin, by)), by)).recovery;
			}),
		complete: (by = one, seen?: string) =>
			inOffice(async (admin) => {
				const of = await firm(admin);
				return completeRecovery(admin, of, seen ?? (await read(admin, by)), by);
			}),
		cancel: (by = one) => inOffice(async (admin) => cancelRecovery(admin, await firm(admin), by)),
		/** The work of a server with the firm's plane, every minute. */
		async witness(): Promise<void> {
			const plane = openPlaneOf(installation.database, 'firmseal_firm', 1);
			await plane.write(null, markOwnerRecoveriesSeen);
			await plane.close();
		},
		/** Pretends, as the database's superuser, that the firm's plane saw the approval at another time. */
		async seenAgo(interval: string): Promise<void> {
			await admin.begin(async (tx) => {
				await tx`alter table owner_recoveries disable trigger stamp`;
				await tx`update owner_recoveries set seen_at = clock_timestamp() - ${interval}::interval
					where id in ${tx(await openIds())}`;
				await tx`alter table owner_recoveries enable always trigger stamp`;
			});
		},
		openIds,
		/** Ends every recovery, for the next test. */
		endAll: () => admin`insert into owner_recovery_ends (recovery_id, firm_id, outcome)
			select id, firm_id, 'CANCELLED' from owner_recoveries where id not in (select recovery_id from owner_recovery_ends)`,
		async noticesFor(token: Person, first: number) {
			const { data } = await api.ask(
				token,
				`{ viewer { notices(first: ${first}) { nodes { kind role actor { id } user { id } } } } }`,
			);
			return data.viewer.notices.nodes;
		},
		roleOf: async (token: Person) => (await api.ask(token, '{ viewer { role } }')).data.viewer.role,
	};
}
