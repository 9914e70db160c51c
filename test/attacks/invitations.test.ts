import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf } from '../support/claims.ts';
import { scale } from '../support/scale.ts';
import { ACCEPT, type Answer, code, INVITE, invitationsOf } from './invitations.ts';
import { makeScene, type Person, type Scene } from './scene.ts';

const REVOKE = 'mutation ($input: RevokeInvitationInput!) { revokeInvitation(input: $input) { invitation { id } } }';
const NONE = 'This invitation is no longer valid';

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene();
});
afterAll(() => scene?.installation.close());
const { accept, invite, seatState, stranger } = invitationsOf(() => scene);

const revoke = (invitationId: string, by: Person) => scene.api.ask(by, REVOKE, { input: { invitationId } });
const remove = (userId: string, by: Person = scene.north.owner) =>
	scene.api.ask(by, `mutation { removeMember(input: { userId: "${userId}" }) { user { id } } }`);
const textOf = ({ text }: Answer) => text.replaceAll(/"requestId":"[^"]*"/g, '');

describe('an owner of another firm', () => {
	it('cannot keep a person from another firm by an invitation to their address or subject', async () => {
		const person = { sub: uuidv7(), email: 'wanted@north.example' };
		const { secret: stray } = await invite(scene.harbour.owner, { email: person.email });
		const token = await stranger(person.sub);
		// They never accepted the invitation, so they belong to no firm.
		expect((await scene.api.ask(token, '{ viewer { id } }')).status).toBe(401);
		const { secret } = await invite(scene.north.owner, { email: person.email });
		const { data } = await accept(token, secret);
		expect(data.acceptInvitation.firmId).toBe(scene.north.id);
		expect(
			await scene.admin`select firm_id from memberships m join users u on u.id = m.user_id where subject = ${person.sub}`,
		).toEqual([{ firm_id: scene.north.id }]);
		expect(code(await accept(token, stray))).toBe('CONFLICT');
	});

	it('does not learn where anyone belongs: everyone with a firm gets the same refusal', async () => {
		const people = [scene.north.owner, scene.north.member, scene.north.client, scene.harbour.member];
		const before = await seatState();
		const answers = [];
		for (const by of [scene.north.owner, scene.harbour.owner]) {
			const { secret } = await invite(by);
			for (const person of people) answers.push(await accept(person, secret));
		}
		answers.push(await accept(scene.north.member, 'A'.repeat(64)));
		expect(answers.map(code)).toEqual(answers.map(() => 'CONFLICT'));
		expect(new Set(answers.map(textOf)).size).toBe(1);
		expect(answers[0]?.text).not.toMatch(/north|harbour/);
		expect(await seatState()).toBe(before);
	});

	it('revokes no invitation of another firm, and finds none', async () => {
		const { id, secret } = await invite();
		expect(code(await revoke(id, scene.harbour.owner))).toBe('NOT_FOUND');
		expect(code(await revoke(id, scene.north.member))).toBe('FORBIDDEN');
		expect(code(await accept(await stranger(), secret))).toBe('OK');
	});
});

describe('a person of the platform', () => {
	it.each(['operator', 'approver', 'auditor'] as const)(
		'%s accepts no invitation, now or after being disabled',
		async (name) => {
			const { secret } = await invite();
			const before = await seatState();
			expect(code(await accept(scene[name], secret))).toBe('FORBIDDEN');
			await scene.admin`update operators set disabled_at = now() where user_id = ${idOf(scene[name])}`;
			expect(code(await accept(scene[name], secret))).toBe('FORBIDDEN');
			await scene.admin`update operators set disabled_at = null where user_id = ${idOf(scene[name])}`;
			expect(await seatState()).toBe(before);
		},
	);
});

describe('an invitation link', () => {
	const gone = async (secret: string, token?: Person) => {
		const before = await seatState();
		const answer = await accept(token ?? (await stranger()), secret);
		expect([code(answer), answer.errors[0]?.message.startsWith(NONE)]).toEqual(['NOT_FOUND', true]);
		expect(await seatState()).toBe(before);
		return textOf(answer);
	};

	it('that is guessed, used, revoked, expired, or of a former owner is refused, always with the same sentence', async () => {
		const { addMember } = scene.installation;
		const [used, revoked, late, left, demoted] = await Promise.all([
			invite(),
			invite(),
			invite(),
			addOwner(),
			addOwner(),
		]);
		async function addOwner() {
			const owner = await addMember(scene.north.owner, { email: `${uuidv7()}@x.example`, role: 'OWNER' });
			return { ...owner, ...(await invite(owner.person)), userId: owner.id };
		}
		expect(code(await accept(await stranger(), used.secret))).toBe('OK');
		expect(code(await revoke(revoked.id, scene.north.owner))).toBe('OK');
		expect(code(await revoke(revoked.id, scene.north.owner))).toBe('NOT_FOUND');
		await scene.admin`update invitations set expires_at = now() - interval '1 ms' where id = ${late.id}`;
		await remove(left.userId);
		const demote = `mutation { setMemberRole(input: { userId: "${demoted.userId}", role: MEMBER }) { user { id } } }`;
		expect(code(await scene.api.ask(scene.north.owner, demote))).toBe('OK');
		const firm = Buffer.from(used.secret, 'base64url').subarray(0, 16);
		const guessed = [
			'A'.repeat(64),
			Buffer.concat([firm, Buffer.alloc(32, 7)]).toString('base64url'),
			Buffer.concat([firm, Buffer.from(used.secret, 'base64url').subarray(16).reverse()]).toString('base64url'),
		];
		const links = [...guessed, used.secret, revoked.secret, late.secret, left.secret, demoted.secret];
		const answers = new Set<string>();
		for (const secret of links) answers.add(await gone(secret));
		expect(answers.size).toBe(1);
		// A removed person can't return with the link they used.
		const [row] =
			await scene.admin`select user_id, subject from memberships join users on id = user_id where email = (select email from invitations where id = ${used.id})`;
		await remove(row?.user_id);
		await gone(used.secret, await stranger(row?.subject));
	});

	it('admits no one while the firm is suspended', async () => {
		const { secret } = await invite(scene.harbour.owner);
		await scene.admin`update firms set status = 'SUSPENDED' where id = ${scene.harbour.id}`;
		const before = await seatState();
		expect(code(await accept(await stranger(), secret))).toBe('FORBIDDEN');
		expect(await seatState()).toBe(before);
		await scene.admin`update firms set status = 'ACTIVE' where id = ${scene.harbour.id}`;
		expect(code(await accept(await stranger(), secret))).toBe('OK');
	});

	it('is accepted by a mutation in a POST only, and gives its holder nothing else', async () => {
		const { secret } = await invite();
		const token = await stranger();
		const literal = `acceptInvitation(input: { invitation: "${secret}" }) { userId }`;
		const query = new URLSearchParams({ query: `mutation { ${literal} }` });
		const headers = { authorization: `Bearer ${token}`, 'apollo-require-preflight': 'yes' };
		expect((await fetch(`${scene.api.url}/graphql?${query}`, { headers })).status).toBe(401);
		const others = [
			`mutation { ${literal} removeMember(input: { userId: "${idOf(scene.north.member)}" }) { user { id } } }`,
			`mutation { a: ${literal} b: ${literal} }`,
			`mutation { ...on Mutation { ${literal} } }`,
			`mutation A { ${literal} } query B { viewer { id } }`,
			`{ acceptInvitation: viewer { id } }`,
			`{ acceptInvitation { id } }`,
			'{ viewer { id } }',
			`{ firm(id: "${scene.north.id}") { name } }`,
		];
		for (const text of others) expect([text, (await scene.api.ask(token, text)).status]).toEqual([text, 401]);
		const schema = await scene.api.ask(
			token,
			`mutation { acceptInvitation(input: { invitation: "${secret}" }) { userId user { id } } }`,
		);
		expect(code(schema)).toBe('GRAPHQL_VALIDATION_FAILED');
		expect(code(await scene.api.ask(token, `mutation { ${literal} }`))).toBe('OK');
	});

	it('can be tried a limited number of times a minute from one network, by all accounts together', async () => {
		const api = await scene.installation.serve({ FIRMSEAL_RATE_PER_MINUTE: '5' });
		const tries = async (n: number) => {
			const codes: string[] = [];
			for (let i = 0; i < n; i++)
				codes.push(code(await api.ask(await stranger(), ACCEPT, { input: { invitation: 'A'.repeat(64) } })));
			return codes;
		};
		expect(await tries(6)).toEqual([...Array(5).fill('NOT_FOUND'), 'RATE_LIMITED']);
		await api.stop();
	});
});

describe('an invitation link sent to the webhook', () => {
	const signIn = (...domains: string[]) =>
		scene.api.ask(
			scene.harbour.owner,
			'mutation ($input: SetFirmSignInInput!) { setFirmSignIn(input: $input) { firm { id } } }',
			{ input: { issuers: [], domains } },
		);

	it('while the firm required a verified address admits no one once the firm requires none, or another', async () => {
		expect(code(await signIn('x.example'))).toBe('OK');
		const [one, two, other] = [
			await invite(scene.harbour.owner),
			await invite(scene.harbour.owner),
			await invite(scene.north.owner),
		];
		expect(code(await accept(await stranger(), one.secret))).toBe('FORBIDDEN');
		// A call without a change ends no invitation.
		expect(code(await signIn('x.example'))).toBe('OK');
		expect(code(await accept(await stranger(), one.secret))).toBe('FORBIDDEN');
		const before = await seatState();
		const changed = await signIn();
		expect(code(changed)).toBe('OK');
		const ended = (await scene.entriesOf(changed)).find(({ action }) => action === 'invitation.revoke');
		expect(ended?.records).toEqual(expect.arrayContaining([one.id, two.id]));
		for (const { secret } of [one, two]) expect(code(await accept(await stranger(), secret))).toBe('NOT_FOUND');
		expect(await seatState()).toBe(before);
		// Invitations of another firm, and newer ones, stay valid.
		expect(code(await accept(await stranger(), other.secret))).toBe('OK');
		expect(code(await accept(await stranger(), (await invite(scene.harbour.owner)).secret))).toBe('OK');
	});

	it('survives only if created after the firm lowered its requirement, even concurrently', async () => {
		for (let round = 0; round < scale(30); round++) {
			expect(code(await signIn('x.example'))).toBe('OK');
			const input = { email: `${uuidv7()}@x.example`, name: 'Invited', role: 'MEMBER' };
			const [made] = await Promise.all([
				scene.api.ask(scene.harbour.owner, INVITE, { input }),
				scene.api.ask(scene.harbour.owner, INVITE, { input: { ...input, email: `a${input.email}` } }),
				signIn(),
			]);
			if (code(made) !== 'OK') expect(code(made)).toBe('CONFLICT');
			const [row] = await scene.admin`select count(*)::int as n from invitations i join firm_sign_ins s using (firm_id)
				where firm_id = ${scene.harbour.id} and ended_at is null and i.created_at < s.updated_at`;
			expect(row?.n).toBe(0);
		}
	});
});

describe('concurrently', () => {
	const rounds = scale(30);
	const membersOf = async (subjects: readonly string[]) =>
		(
			await scene.admin`select count(*)::int as n from memberships join users on id = user_id
			where subject in ${scene.admin(subjects)} and removed_at is null`
		)[0]?.n;

	it('only one of two people accepts the same invitation', async () => {
		for (let round = 0; round < rounds; round++) {
			const { secret } = await invite();
			const subjects = [uuidv7(), uuidv7()];
			const answers = await Promise.all(subjects.map(async (sub) => accept(await stranger(sub), secret)));
			expect(answers.map(code).sort()).toEqual(['NOT_FOUND', 'OK']);
			expect(await membersOf(subjects)).toBe(1);
		}
	});

	it('a person joins only one of two firms', async () => {
		for (let round = 0; round < rounds; round++) {
			const [a, b] = await Promise.all([invite(), invite(scene.harbour.owner)]);
			const sub = uuidv7();
			const token = await stranger(sub);
			const answers = await Promise.all([accept(token, a.secret), accept(token, b.secret)]);
			expect(answers.map(code).sort()).toEqual(['CONFLICT', 'OK']);
			expect(await membersOf([sub])).toBe(1);
		}
	});

	it('a revocation, or the departure of the inviter, takes effect before the acceptance or after it', async () => {
		for (let round = 0; round < rounds; round++) {
			const owner = await scene.installation.addMember(scene.north.owner, {
				email: `${uuidv7()}@x.example`,
				role: 'OWNER',
			});
			const { id, secret } = await invite(owner.person);
			const sub = uuidv7();
			const token = await stranger(sub);
			const end = round % 2 ? revoke(id, scene.north.owner) : remove(owner.id);
			const [accepted, ended] = await Promise.all([accept(token, secret), end]);
			const outcome = [code(accepted), code(ended)];
			const known = [
				['OK', 'OK'],
				['OK', 'NOT_FOUND'],
				['NOT_FOUND', 'OK'],
				['CONFLICT', 'OK'],
			];
			expect(known).toContainEqual(outcome);
			expect(await membersOf([sub])).toBe(outcome[0] === 'OK' ? 1 : 0);
			if (outcome[0] !== 'OK') expect(code(await accept(token, secret))).toBe('NOT_FOUND');
		}
	});
});
