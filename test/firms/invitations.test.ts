import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signInStatement } from '../../src/access/index.ts';
import { claimsOf, forgeToken, makeScene, type Person, type Scene } from '../attacks/scene.ts';
import { idOf } from '../support/claims.ts';
import { code, peopleOfNorth, REMOVE } from './people-of-north.ts';

const INVITE =
	'mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { invitation { id email role isSent invitedBy { id } createdAt expiresAt } path } }';
const ACCEPT = 'mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { userId firmId } }';
const SIGN_IN =
	'mutation ($input: SetFirmSignInInput!) { setFirmSignIn(input: $input) { firm { signIn { issuers domains } } } }';

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene();
});
afterAll(() => scene?.installation.close());

const { owner, add, lastNotice, countNotices, actionsOf } = peopleOfNorth(() => scene);
const invite = (input: Record<string, unknown>, by: Person = owner()) =>
	scene.api.ask(by, INVITE, { input: { name: 'New', role: 'MEMBER', ...input } });
async function invited(input: Record<string, unknown>, by: Person = owner()) {
	const { data, text } = await invite(input, by);
	if (!data?.inviteMember) throw new Error(text);
	const { invitation, path } = data.inviteMember;
	return { id: invitation.id as string, secret: path.split('#invitation=')[1] as string };
}
const accept = (person: Person, invitation: string) => scene.api.ask(person, ACCEPT, { input: { invitation } });
/** A person whom the issuer knows but who has no account here. */
const stranger = (claims: Record<string, unknown> = {}) =>
	forgeToken(scene.installation.directory, { ...claimsOf(owner()), sub: uuidv7(), ...claims });

const open = async (by: Person) =>
	(await scene.api.ask(by, '{ viewer { firm { invitations { id } } } }')).data.viewer.firm.invitations;

describe('inviteMember', () => {
	it('creates a link that admits one person, notifies the owners, and is logged', async () => {
		const answer = await invite({ email: 'ada@north.example', name: 'Name of ada' });
		const { invitation, path } = answer.data.inviteMember;
		expect(invitation).toEqual({
			id: expect.any(String),
			email: 'ada@north.example',
			role: 'MEMBER',
			isSent: true,
			invitedBy: { id: idOf(owner()) },
			createdAt: expect.any(String),
			expiresAt: expect.any(String),
		});
		expect(Date.parse(invitation.expiresAt) - Date.parse(invitation.createdAt)).toBe(7 * 24 * 60 * 60 * 1000);
		expect(path).toMatch(/^\/#invitation=[A-Za-z0-9_-]{64}$/);
		const notice = {
			role: 'MEMBER',
			invitationId: invitation.id,
			firmId: scene.north.id,
			createdAt: expect.any(String),
		};
		expect(await lastNotice()).toEqual({ ...notice, kind: 'MEMBER_INVITED', actor: { id: idOf(owner()) }, user: null });
		expect(await actionsOf(answer)).toEqual([
			{ action: 'invitation.create', records: [invitation.id], decision: 'ALLOWED' },
		]);
		expect(await open(owner())).toContainEqual({ id: invitation.id });

		const ada = await stranger();
		expect((await scene.api.ask(ada, '{ viewer { id } }')).status).toBe(401);
		const secret = path.split('=')[1];
		const accepted = await accept(ada, secret);
		const { userId } = accepted.data.acceptInvitation;
		expect(accepted.data.acceptInvitation).toEqual({ userId, firmId: scene.north.id });
		const { data } = await scene.api.ask(ada, '{ viewer { id name email role removedAt firm { id } } }');
		expect(data.viewer).toEqual({
			id: userId,
			name: 'Name of ada',
			email: 'ada@north.example',
			role: 'MEMBER',
			removedAt: null,
			firm: { id: scene.north.id },
		});
		const joined = { id: userId };
		expect(await lastNotice()).toEqual({ ...notice, kind: 'MEMBER_ADDED', actor: joined, user: joined });
		expect(await scene.entriesOf(accepted)).toMatchObject([
			{ action: 'member.add', records: [userId], decision: 'ALLOWED', actor: { user: userId, roles: ['MEMBER'] } },
		]);
		expect(await open(owner())).not.toContainEqual({ id: invitation.id });
		// The link was used, so it does not work again.
		expect(code(await accept(await stranger(), secret))).toBe('NOT_FOUND');
		const kept = JSON.stringify(await scene.admin`select * from invitations`) + scene.api.lines.join('');
		expect(kept).not.toContain(secret);
		expect(kept).not.toContain(Buffer.from(secret, 'base64url').subarray(16).toString('hex'));
	});

	it('assigns a portal user to a client, unless the client is deleted meanwhile', async () => {
		const { clientId } = scene.north;
		const { person } = await add('cleo', { role: 'CLIENT', clientId });
		const { data } = await scene.api.ask(person, '{ viewer { role client { id } } }');
		expect(data.viewer).toEqual({ role: 'CLIENT', client: { id: clientId } });
		const made = await scene.api.ask(owner(), 'mutation { createClient(input: { name: "Gone" }) { client { id } } }');
		const { id } = made.data.createClient.client;
		const { secret } = await invited({ email: 'gone@north.example', role: 'CLIENT', clientId: id });
		await scene.admin`update clients set deleted_at = now() where id = ${id}`;
		expect(code(await accept(await stranger(), secret))).toBe('NOT_FOUND');
	});

	it.each([
		['a CLIENT without a client', { role: 'CLIENT' }, 'BAD_USER_INPUT'],
		['a MEMBER with a client', { role: 'MEMBER', clientId: 'north' }, 'BAD_USER_INPUT'],
		['an OWNER with a client', { role: 'OWNER', clientId: 'north' }, 'BAD_USER_INPUT'],
		['an unknown client', { role: 'CLIENT', clientId: '01980000-0000-7000-8000-000000000000' }, 'NOT_FOUND'],
		['another firm’s client', { role: 'CLIENT', clientId: 'harbour' }, 'NOT_FOUND'],
		['someone who is a member', { email: 'MEMBER@north.example' }, 'CONFLICT'],
	] as const)('refuses %s, and leaves nothing behind', async (_what, input, expected) => {
		const given =
			'clientId' in input && input.clientId in scene ? { clientId: scene[input.clientId as 'north'].clientId } : {};
		const count = async () => [await countNotices(), (await open(owner())).length];
		const before = await count();
		const answer = await invite({ email: 'new@north.example', ...input, ...given });
		expect(code(answer)).toBe(expected);
		expect(await count()).toEqual(before);
		expect(await actionsOf(answer)).toEqual([]);
	});

	it('ignores the case of A to Z only in addresses, in any locale of the database', async () => {
		// The Kelvin sign, whose lower case is k in Unicode.
		const people = await Promise.all(
			['frank@north.example', 'fran\u212A@north.example'].map(async (email) => ({
				email,
				other: email.replace('fr', 'FR'),
				person: await stranger(),
			})),
		);
		const isTaken = async () => {
			for (const { other } of people) expect(code(await invite({ email: other }))).toBe('CONFLICT');
		};
		const secrets: string[] = [];
		for (const { email } of people) secrets.push((await invited({ email })).secret);
		await isTaken();
		for (const [at, { person }] of people.entries())
			expect(code(await accept(person, secrets[at] as string))).toBe('OK');
		await isTaken();
		for (const { other, person } of people) expect(idOf(await scene.installation.person(other))).toBe(idOf(person));
	});

	it('shows its invitations only to owners, and allows at most a hundred open ones', async () => {
		for (const token of [scene.north.member, scene.north.client]) expect(await open(token)).toBeNull();
		await scene.admin`update invitations set ended_at = now()`;
		const { id } = await invited({ email: 'first@north.example' });
		await scene.admin`insert into invitations (id, firm_id, hash, nonce, email, name, role, invited_by, is_sent, expires_at, mac)
			select gen_random_uuid(), firm_id, sha256(n::text::bytea), nonce, n || email, name, role, invited_by, is_sent, expires_at, mac
			from invitations, generate_series(1, 99) n where id = ${id}`;
		expect(await open(owner())).toHaveLength(100);
		expect(code(await invite({ email: 'last@north.example' }))).toBe('CONFLICT');
		await scene.admin`delete from invitations`;
	});
});

describe('a removed member', () => {
	it('can join another firm, and stays the author of what they wrote', async () => {
		const { id, person } = await add('bea');
		const note = await scene.write({ title: 'by bea' }, { ...scene.north, member: person });
		await scene.api.ask(owner(), REMOVE, { input: { userId: id } });
		expect(code(await scene.api.ask(person, '{ viewer { id } }'))).toBe('FORBIDDEN');
		const { secret } = await invited({ email: 'bea@harbour.example', name: 'Bea elsewhere' }, scene.harbour.owner);
		const joined = (await accept(person, secret)).data.acceptInvitation;
		expect(joined).toEqual({ userId: expect.any(String), firmId: scene.harbour.id });
		const seen = await scene.api.ask(
			person,
			`{ viewer { id firm { id } } note(id: "${note}") { id } node(id: "${id}") { id } }`,
		);
		expect(seen.data).toEqual({
			viewer: { id: joined.userId, firm: { id: scene.harbour.id } },
			note: null,
			node: null,
		});
		const author = `{ note(id: "${note}") { author { id name email removedAt } } node(id: "${joined.userId}") { id } }`;
		expect((await scene.api.ask(owner(), author)).data).toEqual({
			note: { author: { id, name: 'Name of bea', email: 'bea@north.example', removedAt: expect.any(String) } },
			node: null,
		});
		const persons = await scene.admin`select distinct person_id from users where id in (${id}, ${joined.userId})`;
		expect(persons).toHaveLength(1);
	});

	it('returns to the firm by another invitation, with another account', async () => {
		const { id, person } = await add('eve');
		await scene.api.ask(owner(), REMOVE, { input: { userId: id } });
		const { secret } = await invited({ email: 'EVE@north.example', role: 'OWNER' });
		const { userId } = (await accept(person, secret)).data.acceptInvitation;
		expect(userId).not.toBe(id);
		expect((await scene.api.ask(person, '{ viewer { id role } }')).data.viewer).toEqual({ id: userId, role: 'OWNER' });
		await scene.api.ask(owner(), REMOVE, { input: { userId } });
	});
});

describe('setFirmSignIn', () => {
	const set = (issuers: string[], domains: string[], by: Person = scene.harbour.owner) =>
		scene.api.ask(by, SIGN_IN, { input: { issuers, domains } });

	/** Sets rules that an owner could set before the installation changed its issuer. */
	const bindToIssuer = (issuer: string) =>
		scene.installation.adminContext.use(async ({ rights }) => {
			const firm = scene.harbour.id;
			const mac = await rights.prove(firm, signInStatement({ firm, issuers: [issuer], domains: [] }));
			await scene.admin`update firm_sign_ins set issuers = ${[issuer]}, domains = '{}', mac = ${mac} where firm_id = ${firm}`;
		});

	it('restricts who may be invited and who may accept from then on', async () => {
		const answer = await set([], ['Harbour.example']);
		expect(answer.data.setFirmSignIn.firm.signIn).toEqual({ issuers: [], domains: ['harbour.example'] });
		expect(await actionsOf(answer)).toMatchObject([{ action: 'policy.change' }]);
		expect(await actionsOf(await set([], ['harbour.example']))).toEqual([]);
		const by = scene.harbour.owner;
		expect(code(await invite({ email: 'x@north.example' }, by))).toBe('BAD_USER_INPUT');
		const { secret } = await invited({ email: 'Mark@harbour.example' }, by);
		const sub = uuidv7();
		const refused = [
			{},
			{ email: 'mark@harbour.example' },
			{ email: 'mark@harbour.example', email_verified: 'true' },
			{ email: 'other@harbour.example', email_verified: true },
			// The Kelvin sign, whose lower case is k in Unicode.
			{ email: 'mar\u212A@harbour.example', email_verified: true },
			{ email: ['mark@harbour.example'], email_verified: true },
		];
		for (const claims of refused) {
			const denied = await accept(await stranger({ sub, ...claims }), secret);
			expect(code(denied)).toBe('FORBIDDEN');
			expect(await scene.entriesOf(denied)).toMatchObject([
				{ action: 'request.deny', firm: scene.harbour.id, actor: { kind: 'system', user: null } },
			]);
		}
		const invitee = await stranger({ sub, email: 'mark@HARBOUR.example', email_verified: true });
		expect(code(await accept(invitee, secret))).toBe('OK');
		// The rules apply to new members only.
		await bindToIssuer('https://another.example');
		expect(code(await scene.api.ask(invitee, '{ viewer { id } }'))).toBe('OK');
		const late = await invited({ email: 'late@harbour.example' }, by);
		expect(code(await accept(await stranger(), late.secret))).toBe('FORBIDDEN');
		await set([], []);
		// The invitation was made under other rules.
		expect(code(await accept(await stranger(), late.secret))).toBe('NOT_FOUND');
		const { secret: again } = await invited({ email: 'late@harbour.example' }, by);
		expect(code(await accept(await stranger(), again))).toBe('OK');
	});

	it.each([
		[['has space'], []],
		[['https://another.example'], []],
		[[], ['no-dot']],
		[[], ['a@b.example']],
		[Array.from({ length: 21 }, (_, n) => `https://${n}.example`), []],
	])('refuses an invalid issuer or domain: %j', async (issuers, domains) => {
		expect(code(await set(issuers, domains))).toBe('BAD_USER_INPUT');
		expect(code(await scene.api.ask(scene.north.member, SIGN_IN, { input: { issuers: [], domains: [] } }))).toBe(
			'FORBIDDEN',
		);
	});
});
