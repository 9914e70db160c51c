import type { Row, RowList } from 'postgres';
import { claimsOf, forgeToken, makeScene, type Scene } from '../attacks/scene.ts';
import type { Answer, Person } from '../support/ask.ts';
import { type LeaseAnswer, leasesOver } from './by-api.ts';

export const idOf = (token: Person): string => claimsOf(token).sub;
export const codes = ({ errors }: Answer): string[] => errors.map(({ extensions }) => extensions.code);

/** A scene with the people of a lease on the firm `north`, and functions that change their rows by SQL. */
export async function makeHttpStage() {
	const scene = await makeScene();
	const { admin, installation } = scene;
	const { proofs } = installation;
	const people = { operator: scene.operator, approver: scene.approver, owner: scene.north.owner };
	const leases = leasesOver(scene.api.ask);
	return {
		scene,
		leases,
		people,
		firm: scene.north,
		proofs,
		requested: (special: object = {}): Promise<LeaseAnswer> =>
			leases.requested(people.operator, scene.north.id, special),
		approved: (special: object = {}): Promise<LeaseAnswer> => leases.approved(people, scene.north.id, special),
		async stateOf(id: string): Promise<string> {
			const [row] = await admin`select state from leases where id = ${id}`;
			return row?.state;
		},
		/** Makes a second account of the person, with valid proofs. */
		async makeOnePerson(account: Person, person: Person): Promise<void> {
			const table = (await admin`select 1 from operators where user_id = ${idOf(account)}`).length > 0;
			await admin`update users set person_id = (select person_id from users where id = ${idOf(person)}) where id = ${idOf(account)}`;
			await (table ? proofs.operator(idOf(account)) : proofs.member(idOf(account)));
		},
		/** The same person with another sign-in time; undefined: the token doesn't state the time. */
		signedIn: (token: Person, auth_time: unknown): Promise<string> =>
			forgeToken(installation.directory, { ...claimsOf(token), auth_time }),
		/** Disables the table's triggers, as only the database's owner can. */
		unguarded: (table: string, change: (sql: Scene['admin']) => Promise<RowList<Row[]>>): Promise<unknown> =>
			admin.begin(async (sql) => {
				await sql`alter table ${sql(table)} disable trigger user`;
				await change(sql as unknown as Scene['admin']);
				const triggers = await sql`
					select tgname as name from pg_trigger where tgrelid = ${table}::regclass and not tgisinternal`;
				for (const { name } of triggers) await sql`alter table ${sql(table)} enable always trigger ${sql(name)}`;
			}),
		/** Ends all open leases, because a person can have at most ten. */
		async endAll(): Promise<void> {
			const open =
				await admin`select id, state from leases where state in ('REQUESTED', 'APPROVED', 'ACTIVATING', 'ACTIVE')`;
			for (const { id, state } of open) await leases.step(people.owner, state === 'REQUESTED' ? 'deny' : 'revoke', id);
		},
		/** The audit entry of the refused request. */
		refusalsOf: async (answer: Answer): Promise<unknown[]> =>
			(await scene.entriesOf(answer)).map(({ action, lease, firm }) => [action, lease, firm]),
	};
}

export type HttpStage = Awaited<ReturnType<typeof makeHttpStage>>;
