import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { Answer, Person } from '../support/ask.ts';
import { type Watch, watchStatements } from '../support/watch-statements.ts';
import { claimsOf, makeScene, type Scene } from './scene.ts';

export const idOf = (token: Person): string => claimsOf(token).sub;
export const WRITE = 'mutation { createNote(input: { title: "rights-marker forged" }) { note { id } } }';
export const READ = 'query ($id: ID!) { note(id: $id) { id title } viewer { id } }';
export const codesOf = ({ errors }: Answer): string[] => errors.map(({ extensions }) => extensions.code);

/** Statements that identify the caller, load the RIGHTS key, or look up why there is none. */
const BESIDE =
	/^(begin|commit|rollback)|audit_entries|data_keys|public\.identify|public\.is_erased|witness_owner_recoveries|lease/;
const TABLES = ['users', 'memberships', 'operators', 'seats', 'access_policies', 'data_keys'] as const;

interface Account {
	readonly id: string;
	readonly token: Person;
}

/** The stage for an attacker with SQL as the superuser, but without the keyring and the program. */
export interface Forging {
	readonly scene: Scene;
	/** The id of a note of north that has content. */
	readonly note: string;
	/** A person whom the owner of north has removed. */
	readonly former: Account;
	/** The rows from before the test, by table. */
	readonly kept: Readonly<Record<string, readonly Record<string, unknown>[]>>;
	/** Makes an account without rights, with a token. */
	account(): Promise<Account>;
	macOf(user: string): Promise<Buffer>;
	/** Checks that every request with the token is refused since its row has no valid MAC: on record, in the log lines, and without a read. */
	expectForged(token: Person, of?: { readonly user?: string; readonly firm?: string | null }): Promise<void>;
}

/** Makes the stage before the tests of a file, and restores people and keys after each test. */
export function setUpForging(): () => Forging {
	let forging: Forging;
	let watch: Watch;
	beforeAll(async () => {
		forging = await makeForging(() => watch);
		watch = watchStatements();
	});
	afterAll(async () => {
		watch?.end();
		await forging?.scene.installation.close();
	});
	beforeEach(async () => {
		const { admin } = forging.scene;
		const rows = TABLES.map(async (table) => [table, [...(await admin`select * from ${admin(table)}`)]]);
		forging = { ...forging, kept: Object.fromEntries(await Promise.all(rows)) };
	});
	// Disables every trigger to restore the rows.
	afterEach(() =>
		forging.scene.admin.begin(async (tx) => {
			for (const table of TABLES) await tx.unsafe(`alter table ${table} disable trigger all`);
			for (const table of [...TABLES].reverse()) await tx`delete from ${tx(table)}`;
			for (const table of TABLES)
				for (const row of forging.kept[table] ?? []) await tx`insert into ${tx(table)} ${tx(row as never)}`;
			for (const table of TABLES) await tx.unsafe(`alter table ${table} enable trigger all`);
			await tx.unsafe('alter table memberships enable always trigger keep_an_owner');
			await tx.unsafe('alter table memberships enable always trigger seat_member');
		}),
	);
	return () => forging;
}

async function makeForging(watch: () => Watch): Promise<Forging> {
	const scene = await makeScene();
	const { admin, api, installation, north } = scene;
	const note = await scene.write({ title: 'rights-marker', body: 'rights-marker' });
	const email = 'former@north.example';
	const change = (text: string) => api.ask(north.owner, `mutation { ${text} }`);
	const { id, person: token } = await installation.addMember(north.owner, { email, name: 'Former' });
	const former = { id, token };
	expect((await change(`removeMember(input: { userId: "${former.id}" }) { user { id } }`)).errors).toEqual([]);
	const countNotes = async () => (await admin`select count(*)::int as n from notes`)[0]?.n;

	return {
		scene,
		note,
		former,
		kept: {},
		async account() {
			const id = uuidv7();
			const address = `${id}@elsewhere.example`;
			await admin`insert into users (id, person_id, issuer, subject, email, name)
				values (${id}, ${uuidv7()}, 'firmseal-development', ${id}, ${address}, 'No rights')`;
			return { id, token: await installation.person(address) };
		},
		macOf: async (user) => (await admin`select mac from memberships where user_id = ${user}`)[0]?.mac,
		async expectForged(forged, { user = idOf(forged), firm = north.id } = {}) {
			const before = await countNotes();
			const asked = [[READ, { id: note }], [WRITE], ['{ auditEntries { nodes { id } } }']] as const;
			for (const [query, variables] of asked) {
				watch().take();
				const answer = await api.ask(forged, query, variables);
				const statements = watch()
					.take()
					.filter((text) => !BESIDE.test(text));
				expect([answer.status, codesOf(answer), answer.data]).toEqual([403, ['FORBIDDEN'], undefined]);
				expect(answer.errors[0]?.message).toMatch(/^The rights of this account can't be proven: ask /);
				expect(answer.text).not.toContain('rights-marker');
				expect(statements).toEqual([]);
				expect(await scene.entriesOf(answer)).toMatchObject([
					{ action: 'rights.refuse', decision: 'DENIED', reason: 'FORBIDDEN', firm, records: [user], actor: { user } },
				]);
				const requestId = answer.headers.get('x-request-id');
				const lines = api.lines.map((line) => JSON.parse(line));
				expect(lines.filter((line) => line.requestId === requestId && line.level === 50)).toEqual([
					expect.objectContaining({ user, msg: 'the rights of an account could not be proven' }),
				]);
			}
			expect(await countNotes()).toBe(before);
		},
	};
}
