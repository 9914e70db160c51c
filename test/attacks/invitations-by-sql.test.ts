import type { TransactionSql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invitationStatement } from '../../src/access/index.ts';
import { idOf } from '../support/claims.ts';
import { code, INVITE, invitationsOf } from './invitations.ts';
import { makeScene, type Scene } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene();
});
afterAll(() => scene?.installation.close());
const { accept, invite, seatState, stranger } = invitationsOf(() => scene);

describe('by SQL', () => {
	const forged = async (secret: string, firm: string = scene.north.id) => {
		const before = await seatState();
		const answer = await accept(await stranger(), secret);
		expect([code(answer), answer.data?.acceptInvitation ?? null]).toEqual(['FORBIDDEN', null]);
		expect(await scene.entriesOf(answer)).toMatchObject([
			{ action: 'rights.refuse', decision: 'DENIED', firm, actor: { kind: 'system', user: null } },
		]);
		expect(scene.api.lines.some((line) => JSON.parse(line).firm === firm && JSON.parse(line).level === 50)).toBe(true);
		expect(await seatState()).toBe(before);
	};

	it.each([
		['another role', `role = 'OWNER'`],
		['another address', `email = 'thief@x.example'`],
		[
			'another owner',
			`invited_by = (select user_id from memberships where role = 'OWNER' and firm_id = invitations.firm_id and user_id <> invited_by and removed_at is null limit 1)`,
		],
		['more time', `expires_at = expires_at + interval '1 year'`],
		['no proof', `mac = decode(repeat('00', 36), 'hex')`],
	])('an invitation that was given %s admits no one', async (_what, change) => {
		await scene.installation.addMember(scene.north.owner, { email: `${uuidv7()}@x.example`, role: 'OWNER' });
		const { id, secret } = await invite();
		await scene.admin.unsafe(`update invitations set ${change} where id = $1`, [id]);
		await forged(secret);
	});

	it('a forged invitation admits no one, even with the proof of a real one', async () => {
		const [secret, id] = [
			Buffer.concat([Buffer.from(scene.north.id.replaceAll('-', ''), 'hex'), Buffer.alloc(32, 9)]),
			uuidv7(),
		];
		const { id: trueOne } = await invite();
		await scene.admin`insert into invitations (id, firm_id, hash, nonce, email, name, role, invited_by, is_sent, expires_at, mac)
			select ${id}, firm_id, sha256(${secret}), nonce, email, name, 'OWNER', invited_by, is_sent, expires_at, mac from invitations where id = ${trueOne}`;
		await forged(secret.toString('base64url'));
	});

	it('an invitation admits no one if SQL made its owner, or changed or removed the firm’s settings', async () => {
		const { id, secret } = await invite();
		const [member] = [idOf(scene.north.member)];
		await scene.admin`update memberships set role = 'OWNER' where user_id = ${member}`;
		// The invitation has a valid MAC, but its owner's own row has none.
		await scene.installation.adminContext.use(async ({ rights }) => {
			const [row] = await scene.admin`update invitations set invited_by = ${member} where id = ${id} returning *`;
			const hex = (bytes: Buffer) => bytes.toString('hex');
			const statement = invitationStatement({
				firm: row?.firm_id,
				invitation: id,
				nonce: hex(row?.nonce),
				hash: hex(row?.hash),
				email: row?.email,
				name: row?.name,
				role: row?.role,
				client: null,
				invitedBy: member,
				isSent: row?.is_sent,
				expiresAt: row?.expires_at,
			});
			await scene.admin`update invitations set mac = ${await rights.prove(scene.north.id, statement)} where id = ${id}`;
		});
		await forged(secret);
		await scene.admin`update memberships set role = 'MEMBER' where user_id = ${member}`;

		const other = await invite(scene.harbour.owner);
		for (const change of [`update firm_sign_ins set domains = '{x.example}'`, 'delete from firm_sign_ins']) {
			await scene.admin.unsafe(`${change} where firm_id = $1`, [scene.harbour.id]);
			await forged(other.secret, scene.harbour.id);
			const input = { email: 'x@x.example', name: 'N', role: 'MEMBER' };
			expect(code(await scene.api.ask(scene.harbour.owner, INVITE, { input }))).toBe('FORBIDDEN');
		}
		const again = 'mutation { setFirmSignIn(input: { issuers: [], domains: [] }) { firm { id } } }';
		expect(code(await scene.api.ask(scene.harbour.owner, again))).toBe('OK');
		// The settings at the time of the invitation are unknown, so it has ended.
		expect(code(await accept(await stranger(), other.secret))).toBe('NOT_FOUND');
		expect(code(await accept(await stranger(), (await invite(scene.harbour.owner)).secret))).toBe('OK');
	});

	it('only the firm’s login writes an invitation; no login changes a seat, or locks rows that joining and leaving wait for', async () => {
		const { id } = await invite();
		const NO_PRIVILEGE = '42501';
		const logins = [
			['firm', 'firmseal_firm'],
			['firm', 'firmseal_portal'],
			['operator', 'firmseal_operator'],
			['worker', 'firmseal_worker'],
			['worker', 'firmseal_maintenance'],
			['broker', 'firmseal_broker'],
		] as const;
		const seats = [
			(tx: TransactionSql) => tx`select from seats`,
			(tx: TransactionSql) =>
				tx`insert into seats (user_id, issuer, subject, email) values (${uuidv7()}, 'i', 's', 'e')`,
			(tx: TransactionSql) => tx`delete from seats`,
			(tx: TransactionSql) => tx`lock table seats in access share mode`,
		];
		const others = [
			(tx: TransactionSql) => tx`update invitations set ended_at = null`,
			(tx: TransactionSql) => tx`select from invitations where id = ${id} for update`,
			(tx: TransactionSql) => tx`update firm_sign_ins set domains = '{}'`,
			(tx: TransactionSql) => tx`lock table invitations in exclusive mode`,
		];
		const never = [
			(tx: TransactionSql) => tx`update invitations set role = 'OWNER'`,
			(tx: TransactionSql) => tx`delete from invitations`,
			(tx: TransactionSql) => tx`delete from firm_sign_ins`,
			(tx: TransactionSql) => tx`lock table firm_sign_ins in exclusive mode`,
		];
		for (const [login, role] of logins) {
			const sql = scene.installation.signIn(login);
			for (const work of [...seats, ...never, ...(role === 'firmseal_firm' ? [] : others)]) {
				const outcome = sql.begin(async (tx) => {
					await tx`select set_config('role', ${role}, true), set_config('firmseal.firm', ${scene.north.id}, true)`;
					await work(tx);
				});
				await expect(outcome, `${role}: ${work}`).rejects.toMatchObject({ code: NO_PRIVILEGE });
			}
			await sql.end();
		}
	});
});
