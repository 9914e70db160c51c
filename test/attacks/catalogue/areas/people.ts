import { v7 as uuidv7 } from 'uuid';
import { expect } from 'vitest';
import { firmsealJson } from '../../../system/program.ts';
import { claimsOf, forgeToken, type Person } from '../../scene.ts';
import type { Area, Attack } from '../attack.ts';
import { codesOf } from '../proofs.ts';
import type { Stage } from '../stage.ts';

const NOTES = '{ notes { nodes { title } } }';
const VIEWER = '{ viewer { email role } }';

/** Reads, takes a right away, reads again, and gives the right back. */
const takenAway = (
	attack: string,
	expected: string,
	{ take, back }: Readonly<Record<'take' | 'back', (stage: Stage, user: string) => Promise<unknown>>>,
): Attack => ({
	attack,
	expected,
	layer: 'identity',
	async run(stage) {
		const { member } = stage.north;
		const user = claimsOf(member).sub;
		const before = await stage.ask(member, NOTES);
		expect(before.text).toContain(stage.ours.marker);
		await take(stage, user);
		try {
			return { answers: [await stage.ask(member, NOTES), await stage.ask(member, VIEWER)] };
		} finally {
			await back(stage, user);
			expect((await stage.ask(member, NOTES)).text).toContain(stage.ours.marker);
		}
	},
});

const planeServer = (plane: 'firm' | 'operator', people: string): Attack => ({
	attack: `${people} at a server of the ${plane} plane`,
	expected: 'FORBIDDEN, on record',
	layer: 'identity',
	async run(stage) {
		const [own, stranger] =
			plane === 'firm' ? [stage.north.member, stage.operator] : [stage.operator, stage.north.member];
		const api = await stage.installation.serve({ FIRMSEAL_PLANE: plane });
		expect((await stage.ask(own, VIEWER, {}, api)).errors).toEqual([]);
		return { answers: [await stage.ask(stranger, VIEWER, {}, api)] };
	},
});

/** Runs `firmseal firm recover` for a firm with the token of a person. */
const recovering =
	({ env }: Pick<Stage['installation'], 'env'>, firm: string) =>
	(token: Person, ...step: string[]) =>
		firmsealJson({ ...env, FIRMSEAL_TOKEN: `${token}` }, 'firm', 'recover', '--firm', firm, ...step);

export const people: Area = {
	title: 'People and their rights',
	attacks: [
		takenAway(
			'A removed member continues with a token that has not expired',
			'FORBIDDEN with the next request, on record',
			{
				take: ({ admin }, user) => admin`update memberships set removed_at = now() where user_id = ${user}`,
				back: ({ admin }, user) => admin`update memberships set removed_at = null where user_id = ${user}`,
			},
		),
		takenAway('A person whose account was disabled continues', 'UNAUTHENTICATED with the next request', {
			take: ({ admin }, user) => admin`update users set disabled_at = now() where id = ${user}`,
			back: ({ admin }, user) => admin`update users set disabled_at = null where id = ${user}`,
		}),
		takenAway('A member of a suspended firm continues, with its keys still in the cache', 'FORBIDDEN, on record', {
			take: ({ admin, north }) => admin`update firms set status = 'SUSPENDED' where id = ${north.id}`,
			back: ({ admin, north }) => admin`update firms set status = 'ACTIVE' where id = ${north.id}`,
		}),
		{
			attack: 'A member who has become a client reads the notes they wrote',
			expected: 'FORBIDDEN with the next request',
			layer: 'rights',
			async run({ ask, north }) {
				const userId = claimsOf(north.member).sub;
				const set = async (place: object) => {
					const text = 'mutation ($input: SetMemberRoleInput!) { setMemberRole(input: $input) { user { id } } }';
					expect((await ask(north.owner, text, { input: { userId, ...place } })).errors).toEqual([]);
				};
				await set({ role: 'CLIENT', clientId: north.clientId });
				try {
					return { answers: [await ask(north.member, NOTES)] };
				} finally {
					await set({ role: 'MEMBER' });
				}
			},
		},
		{
			attack: 'A portal client whose membership names no client of the firm',
			expected: 'FORBIDDEN, on record, instead of a portal without limits',
			layer: 'identity',
			async run({ admin, ask, north }) {
				const user = claimsOf(north.client).sub;
				const clear = async (client: string | null) =>
					admin`update memberships set client_id = ${client} where user_id = ${user}`;
				await clear(null);
				try {
					return { answers: [await ask(north.client, '{ documents { nodes { description } } }')] };
				} finally {
					await clear(north.clientId);
				}
			},
		},
		{
			attack: 'An invitation from before the firm dropped its required e-mail domain is accepted afterwards',
			expected: 'NOT_FOUND: a change of the rules for joining a firm ends the invitations made before it',
			layer: 'writes',
			async run({ ask, installation, harbour: { owner } }) {
				const asks = (domains: string) =>
					ask(owner, `mutation { setFirmSignIn(input: { issuers: [], domains: [${domains}] }) { firm { id } } }`);
				await asks('"harbour.example"');
				const invite =
					'mutation { inviteMember(input: { email: "new@harbour.example", name: "New", role: OWNER }) { path } }';
				const { path } = (await ask(owner, invite)).data.inviteMember;
				await asks('');
				const reader = await forgeToken(installation.directory, { ...claimsOf(owner), sub: uuidv7() });
				const told = await ask(
					reader,
					`mutation { acceptInvitation(input: { invitation: "${path.split('=')[1]}" }) { firmId } }`,
				);
				expect(codesOf(told)).toEqual(['NOT_FOUND']);
				return { answers: [told] };
			},
		},
		{
			attack: 'An approver joins a firm as its owner with a second subject, to approve for both sides',
			expected: 'The database refuses it (23000): a person has one seat, across all accounts',
			layer: 'database rule',
			async run({ admin, approver, north, states }) {
				const [row] = await admin`select person_id from users where id = ${claimsOf(approver).sub}`;
				const id = uuidv7();
				const account = `insert into users (id, person_id, issuer, subject, email, name)
					values ('${id}', '${row?.person_id}', 'firmseal-development', '${id}', '${id}@north.example', 'Both')`;
				const place = `insert into memberships (firm_id, user_id, role, mac) values ('${north.id}', '${id}', 'OWNER', decode(repeat('00', 36), 'hex'))`;
				const [made, ...refused] = await states('firm', { firm: north.id }, account, place);
				expect(made).toBe('done');
				return { states: refused };
			},
		},
		{
			attack: 'An approver requests three more approver accounts for themselves, and approves each',
			expected: 'FORBIDDEN: another person must approve, and until then no one is added',
			layer: 'second approval',
			async run({ admin, approver, installation }) {
				await installation.addOperator('APPROVER');
				const command = (...args: string[]) =>
					firmsealJson({ ...installation.env, FIRMSEAL_TOKEN: `${approver}` }, ...args);
				const refusals: string[] = [];
				for (const name of ['x', 'y', 'z']) {
					const email = `${name}@platform.example`;
					const { result } = await command('operator', 'add', '--email', email, '--role', 'APPROVER');
					const { id, requestHash } = result.job;
					const { error } = await command('job', 'approve', '--job', id, '--hash', requestHash);
					refusals.push(`${error.code}: ${error.message}`);
					expect((await command('job', 'cancel', '--job', id)).code).toBe(0);
				}
				expect(await admin`select from users where email like '_@platform.example'`).toHaveLength(0);
				return { refusals };
			},
		},
		{
			attack:
				'Worker: replaces the recovery that an approver is reading with one for another person, under the same requester',
			expected: 'CONFLICT: an approval covers what was read, by its hash',
			layer: 'second approval',
			async run({ admin, approver, installation, north }) {
				const recover = recovering(installation, north.id);
				const asked = await recover(approver, '--user', 'member@north.example');
				await installation.signIn('worker').begin(async (tx) => {
					await tx`select set_config('role', 'firmseal_worker', true)`;
					await tx`select withdraw_owner_recovery(${north.id})`;
					await tx`insert into owner_recoveries (id, firm_id, user_id, requested_by)
						values (${uuidv7()}, ${north.id}, ${claimsOf(north.client).sub}, ${claimsOf(approver).sub})`;
				});
				const other = await installation.addOperator('APPROVER');
				const { error } = await recover(other, '--approve', '--hash', asked.result.requestHash);
				expect(await admin`select from owner_recoveries where approved_by is not null`).toHaveLength(0);
				expect((await recover(approver, '--cancel')).code).toBe(0);
				return { refusals: [`${error.code}: ${error.message}`] };
			},
		},
		{
			attack:
				'A database administrator renames the firm, and the person who requests its next owner, before another approver approves by hash',
			expected: 'CONFLICT: the hash covers the names that are shown',
			layer: 'second approval',
			async run({ admin, approver, installation, north }) {
				const recover = recovering(installation, north.id);
				const asked = await recover(approver, '--user', 'member@north.example');
				const other = await installation.addOperator('APPROVER');
				const refusals: string[] = [];
				const user = claimsOf(approver).sub;
				const [was] =
					await admin`select firms.name as firm, users.name as person from firms, users where firms.id = ${north.id} and users.id = ${user}`;
				const name = async (firm: string, person: string) => {
					await admin`update firms set name = ${firm} where id = ${north.id}`;
					await admin`update users set name = ${person} where id = ${user}`;
				};
				for (const [firm, person] of [
					['Zenith Partners', was?.person],
					[was?.firm, 'A trusted colleague'],
				]) {
					await name(firm, person);
					const { error } = await recover(other, '--approve', '--hash', asked.result.requestHash);
					refusals.push(`${error?.code}: ${error?.message}`);
				}
				await name(was?.firm, was?.person);
				expect(await admin`select from owner_recoveries where approved_by is not null`).toHaveLength(0);
				expect((await recover(approver, '--cancel')).code).toBe(0);
				return { refusals };
			},
		},
		{
			attack: 'A disabled operator continues',
			expected: 'FORBIDDEN, on record',
			layer: 'identity',
			async run({ admin, ask, operator }) {
				const user = claimsOf(operator).sub;
				await admin`update operators set disabled_at = now() where user_id = ${user}`;
				try {
					return { answers: [await ask(operator, VIEWER)] };
				} finally {
					await admin`update operators set disabled_at = null where user_id = ${user}`;
				}
			},
		},
		planeServer('firm', 'An operator'),
		planeServer('operator', 'A member'),
		{
			attack: 'An operator reads every type of a firm’s content through its lists',
			expected: 'Null and NO_LEASE for each value, on record; metadata is answered',
			layer: 'resolver lock',
			async run({ ask, north, operator }) {
				const firm = `(firmId: "${north.id}")`;
				const query = `{
					notes${firm} { nodes { title body comments { nodes { text } } } }
					documents${firm} { nodes { description versions { changeSummary } comments { nodes { text } } } }
					threads${firm} { nodes { messages { nodes { subject body } } } }
					invoices${firm} { nodes { memo lineItems { description quantity unitAmount } } }
					timeEntries${firm} { nodes { description } } }`;
				const told = await ask(operator, query);
				expect(told.sealed.length).toBe(12);
				return { answers: [told] };
			},
		},
		{
			attack: 'An operator with every role reads a note, and writes one',
			expected: 'Null and NO_LEASE: roles add metadata, never content',
			layer: 'resolver lock',
			async run(stage) {
				const token = await stage.installation.addOperator('OPERATOR', 'APPROVER', 'AUDITOR');
				const written = await stage.ask(token, 'mutation { createNote(input: { title: "x" }) { note { id } } }');
				expect(written.errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
				return { answers: [await stage.ask(token, `{ note(id: "${stage.ours.ids.note}") { title body } }`)] };
			},
		},
		{
			attack: 'An approver and an auditor read a note by its id',
			expected: 'Null, as for an unknown id, and no row is read',
			layer: 'rights',
			async run({ ask, approver, auditor, ours }) {
				const query = `{ note(id: "${ours.ids.note}") { title } }`;
				return { answers: [await ask(approver, query), await ask(auditor, query)] };
			},
		},
		{
			attack: 'A member makes themselves an owner, removes the owner, and reads the log',
			expected: 'FORBIDDEN for each, on record',
			layer: 'rights',
			async run({ ask, north }) {
				const [member, owner] = [claimsOf(north.member).sub, claimsOf(north.owner).sub];
				return {
					answers: [
						await ask(
							north.member,
							`mutation { setMemberRole(input: { userId: "${member}", role: OWNER }) { user { id } } }`,
						),
						await ask(north.member, `mutation { removeMember(input: { userId: "${owner}" }) { user { id } } }`),
						await ask(north.member, '{ auditEntries { nodes { leaf } } }'),
					],
				};
			},
		},
		{
			attack: 'An owner changes the role of a member of another firm',
			expected: 'NOT_FOUND, and the member is unchanged',
			layer: 'writes',
			async run({ admin, ask, north, harbour }) {
				const user = claimsOf(harbour.member).sub;
				const set = `mutation { setMemberRole(input: { userId: "${user}", role: OWNER }) { user { id } } }`;
				const told = await ask(north.owner, set);
				const rows = await admin`select firm_id, role from memberships where user_id = ${user}`;
				expect([...rows]).toEqual([{ firm_id: harbour.id, role: 'MEMBER' }]);
				return { answers: [told] };
			},
		},
		{
			attack: 'A portal client shares a document of the firm with themselves',
			expected: 'FORBIDDEN, on record',
			layer: 'rights',
			async run({ ask, north, ours }) {
				const input = { clientId: north.clientId, subject: { documentId: ours.ids.document } };
				const share = 'mutation ($input: ShareWithClientInput!) { shareWithClient(input: $input) { client { id } } }';
				return { answers: [await ask(north.client, share, { input })] };
			},
		},
	],
};
