import type { Row, RowList } from 'postgres';
import { claimsOf, forgeToken, makeScene, type Scene } from '../attacks/scene.ts';
import type { Answer, Person } from '../support/ask.ts';
import { type LeaseAnswer, leasesOver } from './by-api.ts';

export const idOf = (token: Person): string => claimsOf(token).sub;
export const codes = ({ errors }: Answer): string[] => errors.map(({ extensions }) => extensions.code);

/** A scene with the people of a lease on the firm `north`, and what a test does to their rows by SQL. */
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
		/** A second account of the person, whose rights are proven as if the program had made them so. */
		async makeOnePerson(account: Person, person: Person): Promise<void> {
			const table = (await admin`select 1 from operators where user_id = ${idOf(account)}`).length > 0;
			await admin`update users set person_id = (select person_id from users where id = ${idOf(person)}) where id = ${idOf(account)}`;
			await (table ? proofs.operator(idOf(account)) : proofs.member(idOf(account)));
		},
		/** The same person with another sign-in; undefined: the token doesn't say when. */
		signedIn: (token: Person, auth_time: unknown): Promise<string> =>
			forgeToken(installation.directory, { ...claimsOf(token), auth_time }),
		/** Past the table's triggers, as only who owns the database can. */
		unguarded: (table: string, change: (sql: Scene['admin']) => Promise<RowList<Row[]>>): Promise<unknown> =>
			admin.begin(async (sql) => {
				await sql`alter table ${sql(table)} disable trigger user`;
				await change(sql as unknown as Scene['admin']);
				const triggers = await sql`
					select tgname as name from pg_trigger where tgrelid = ${table}::regclass and not tgisinternal`;
				for (const { name } of triggers) await sql`alter table ${sql(table)} enable always trigger ${sql(name)}`;
			}),
		/** Ends whatever is open: nobody has more than ten open leases. */
		async endAll(): Promise<void> {
			const open =
				await admin`select id, state from leases where state in ('REQUESTED', 'APPROVED', 'ACTIVATING', 'ACTIVE')`;
			for (const { id, state } of open) await leases.step(people.owner, state === 'REQUESTED' ? 'deny' : 'revoke', id);
		},
		/** How the request was refused on record. */
		refusalsOf: async (answer: Answer): Promise<unknown[]> =>
			(await scene.entriesOf(answer)).map(({ action, lease, firm }) => [action, lease, firm]),
	};
}

export type HttpStage = Awaited<ReturnType<typeof makeHttpStage>>;
