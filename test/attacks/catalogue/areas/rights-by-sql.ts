import { v7 as uuidv7 } from 'uuid';
import { expect } from 'vitest';
import { idOf } from '../../../support/claims.ts';
import { claimsOf, forgeToken, type Person } from '../../scene.ts';
import type { Area, Attack } from '../attack.ts';
import type { AttackAnswer, Stage } from '../stage.ts';

const NOTES = '{ notes { nodes { title } } }';
const VIEWER = '{ viewer { email role } }';

interface Change {
	readonly attack: string;
	readonly expected?: string;
	/** The person whose token is used after the change. */
	who(stage: Stage): Person | Promise<Person>;
	/** Writes by SQL instead of the application, with triggers enabled. */
	write(stage: Stage, user: string): Promise<unknown>;
	back(stage: Stage, user: string): Promise<unknown>;
}

/** Changes a row that gives a right, by SQL as a superuser, uses it, and reverts the change. */
const change = ({ attack, expected, who, write, back }: Change): Attack => ({
	attack,
	expected: expected ?? 'FORBIDDEN: the MAC does not match the row',
	layer: 'proof',
	async run(stage) {
		const token = await who(stage);
		const user = idOf(token);
		await write(stage, user);
		const told: AttackAnswer[] = [];
		try {
			for (const query of [VIEWER, NOTES]) told.push(await stage.ask(token, query));
		} finally {
			await back(stage, user);
		}
		return { answers: told };
	},
});

/** A new account of the attacker without any right. */
async function ownAccount({ admin, installation }: Stage): Promise<Person> {
	const [id, email] = [uuidv7(), `${uuidv7()}@elsewhere.example`];
	await admin`insert into users (id, person_id, issuer, subject, email, name)
		values (${id}, ${uuidv7()}, 'firmseal-development', ${id}, ${email}, 'No rights')`;
	return installation.person(email);
}

/** A new member of the firm who has written nothing. */
const newMember = async ({ north, installation }: Stage): Promise<Person> =>
	(await installation.addMember(north.owner, { email: `${uuidv7()}@${north.slug}.example` })).person;

const endMembership = ({ admin }: Stage, user: string) =>
	admin`update memberships set removed_at = now() where user_id = ${user}`;
const endOperator = ({ admin }: Stage, user: string) =>
	admin`update operators set disabled_at = now() where user_id = ${user}`;

export const rightsBySql: Area = {
	title: 'A database administrator writes rows that give rights',
	attacks: [
		change({
			attack: 'A membership for an account of the attacker',
			expected: 'FORBIDDEN: the row has no MAC',
			who: ownAccount,
			write: ({ admin, north }, user) =>
				admin`insert into memberships (firm_id, user_id, role) values (${north.id}, ${user}, 'MEMBER')`,
			back: endMembership,
		}),
		change({
			attack: 'A membership for an account of the attacker, with the MAC of another member’s row',
			who: ownAccount,
			write: ({ admin, north }, user) =>
				admin`insert into memberships (firm_id, user_id, role, mac)
					select firm_id, ${user}, role, mac from memberships where user_id = ${idOf(north.member)}`,
			back: endMembership,
		}),
		change({
			attack: 'A member becomes an owner',
			who: ({ north }) => north.member,
			write: ({ admin }, user) => admin`update memberships set role = 'OWNER' where user_id = ${user}`,
			back: ({ admin }, user) => admin`update memberships set role = 'MEMBER' where user_id = ${user}`,
		}),
		change({
			attack: 'A member is moved to another firm, with the MAC of the old row',
			who: newMember,
			write: ({ admin, harbour }, user) =>
				admin`update memberships set firm_id = ${harbour.id} where user_id = ${user}`,
			back: endMembership,
		}),
		change({
			attack: 'A portal client is assigned to another client of the firm',
			who: ({ north }) => north.client,
			write: ({ admin, ours }, user) =>
				admin`update memberships set client_id = ${ours.ids.client} where user_id = ${user}`,
			back: ({ admin, north }, user) =>
				admin`update memberships set client_id = ${north.clientId} where user_id = ${user}`,
		}),
		change({
			attack: 'A member whom the owner has removed is restored',
			async who(stage) {
				const token = await newMember(stage);
				const remove = `mutation { removeMember(input: { userId: "${idOf(token)}" }) { user { id } } }`;
				expect((await stage.ask(stage.north.owner, remove)).errors).toEqual([]);
				return token;
			},
			write: ({ admin }, user) => admin`update memberships set removed_at = null where user_id = ${user}`,
			back: endMembership,
		}),
		{
			attack: 'A member’s account gets the subject of another person, who then signs in as the member',
			expected: 'FORBIDDEN: the MAC covers issuer, subject and person',
			layer: 'proof',
			async run(stage) {
				const { admin, north, installation } = stage;
				const claims = claimsOf(north.member);
				const set = (subject: string) => admin`update users set subject = ${subject} where id = ${claims.sub}`;
				const thief = uuidv7();
				await set(thief);
				try {
					const told = await stage.ask(await forgeToken(installation.directory, { ...claims, sub: thief }), NOTES);
					return { answers: [told] };
				} finally {
					await set(claims.sub);
				}
			},
		},
		change({
			attack: 'An account of the attacker becomes an operator',
			expected: 'FORBIDDEN: the row has no MAC',
			who: ownAccount,
			write: ({ admin }, user) => admin`insert into operators (user_id, roles) values (${user}, '{OPERATOR}')`,
			back: endOperator,
		}),
		change({
			attack: 'An account of the attacker becomes an approver, with the MAC of another approver’s row',
			who: ownAccount,
			write: ({ admin, approver }, user) =>
				admin`insert into operators (user_id, roles, mac)
					select ${user}, roles, mac from operators where user_id = ${idOf(approver)}`,
			back: endOperator,
		}),
		change({
			attack: 'An operator also becomes an approver',
			who: ({ operator }) => operator,
			write: ({ admin }, user) => admin`update operators set roles = '{OPERATOR,APPROVER}' where user_id = ${user}`,
			back: ({ admin }, user) => admin`update operators set roles = '{OPERATOR}' where user_id = ${user}`,
		}),
		change({
			attack: 'An operator’s account gets another person, to approve the own request with a second account',
			who: ({ operator }) => operator,
			write: ({ admin }, user) => admin`update users set person_id = ${uuidv7()} where id = ${user}`,
			// The new person has no other account, so it stays; the row gets a valid MAC again.
			async back({ admin, installation }, user) {
				await installation.proofs.operator(user);
				const [row] = await admin`select mac from operators where user_id = ${user}`;
				expect(row?.mac).toHaveLength(36);
			},
		}),
		change({
			attack: 'A disabled operator is enabled again',
			async who({ admin, installation }) {
				const token = await installation.addOperator('OPERATOR');
				await admin`update operators set disabled_at = now() where user_id = ${idOf(token)}`;
				// Leaves the row as `operator disable` does.
				await installation.proofs.operator(idOf(token));
				return token;
			},
			write: ({ admin }, user) => admin`update operators set disabled_at = null where user_id = ${user}`,
			back: endOperator,
		}),
	],
};
