import { v7 as uuidv7 } from 'uuid';
import { beforeEach, describe, expect, it } from 'vitest';
import { disableOperator } from '../../src/firms/index.ts';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { withAdminContext } from '../../src/wiring/installation.ts';
import { type Forging, idOf, setUpForging } from './forging.ts';

const forging = setUpForging();
let { scene, former, account, macOf, expectForged } = {} as Forging;
beforeEach(() => {
	({ scene, former, account, macOf, expectForged } = forging());
});

describe('a membership', () => {
	it('that was inserted gives no rights with any MAC', async () => {
		const { id, token } = await account();
		await scene.admin`insert into memberships (firm_id, user_id, role) values (${scene.north.id}, ${id}, 'OWNER')`;
		await expectForged(token);
		const taken = await macOf(idOf(scene.north.owner));
		const macs = [
			Buffer.alloc(36),
			taken,
			Buffer.concat([taken.subarray(0, 4), Buffer.alloc(32)]),
			await macOf(idOf(scene.harbour.owner)),
		];
		for (const mac of macs) {
			await scene.admin`update memberships set mac = ${mac} where user_id = ${id}`;
			await expectForged(token);
		}
	});

	it.each([
		[
			'a raised role',
			() => scene.admin`update memberships set role = 'OWNER' where user_id = ${idOf(scene.north.member)}`,
		],
		[
			'a client turned into a member',
			() =>
				scene.admin`update memberships set role = 'MEMBER', client_id = null where user_id = ${idOf(scene.north.client)}`,
		],
	])('gives no rights with %s', async (what, change) => {
		await change();
		await expectForged(what.includes('client') ? scene.north.client : scene.north.member);
	});

	it('of the portal moved to another client gives no rights', async () => {
		const made = await scene.api.ask(
			scene.north.owner,
			'mutation { createClient(input: { name: "Another" }) { client { id } } }',
		);
		const user = idOf(scene.north.client);
		await scene.admin`update memberships set client_id = ${made.data.createClient.client.id} where user_id = ${user}`;
		await expectForged(scene.north.client);
	});

	it('that has ended is not restored by a null in removed_at', async () => {
		await scene.admin`update memberships set removed_at = null where user_id = ${former.id}`;
		await expectForged(former.token);
	});

	it('with the MAC of another user or firm, or moved to another firm, gives no rights', async () => {
		const member = idOf(scene.north.member);
		await scene.admin`update memberships set role = 'OWNER', mac = ${await macOf(idOf(scene.north.owner))} where user_id = ${member}`;
		await expectForged(scene.north.member);
		await scene.admin`update memberships set role = 'MEMBER', mac = ${await macOf(idOf(scene.harbour.member))} where user_id = ${member}`;
		await expectForged(scene.north.member);
		const moved = idOf(scene.harbour.member);
		await scene.admin`update memberships set firm_id = ${scene.north.id} where user_id = ${moved}`;
		await expectForged(scene.harbour.member);
	});

	it('of an account with another subject, issuer or person gives no rights', async () => {
		const [member, harbour] = [idOf(scene.north.member), idOf(scene.harbour.member)];
		// Swaps both subjects, so that each signs in as the other.
		await scene.admin`update users set subject = 'aside' where id = ${member}`;
		await scene.admin`update users set subject = ${member} where id = ${harbour}`;
		await scene.admin`update users set subject = ${harbour} where id = ${member}`;
		await expectForged(scene.harbour.member, { user: member });
		await expectForged(scene.north.member, { user: harbour, firm: scene.harbour.id });
		await scene.admin`update users set subject = id::text where id in (${member}, ${harbour})`.catch(async () => {
			await scene.admin`update users set subject = 'aside' where id = ${member}`;
			await scene.admin`update users set subject = id::text where id = ${harbour}`;
			await scene.admin`update users set subject = id::text where id = ${member}`;
		});
		await scene.admin`update users set person_id = ${uuidv7()} where id = ${member}`;
		await expectForged(scene.north.member);
	});

	it('with its own MAC under a key version that never existed gives no rights', async () => {
		const member = idOf(scene.north.member);
		for (const version of [0, 2, 2 ** 32 - 1]) {
			const mac = Buffer.from(await macOf(member));
			mac.writeUInt32BE(version);
			await scene.admin`update memberships set mac = ${mac} where user_id = ${member}`;
			await expectForged(scene.north.member);
		}
	});

	it('of the nil UUID, whose key proves the platform’s own rights, gives no rights', async () => {
		const { id, token } = await account();
		await scene.admin`insert into firms (id, slug, name) values (${PLATFORM_FIRM_ID}, 'nil', 'Nil')`;
		for (const mac of [null, (await scene.admin`select mac from operators limit 1`)[0]?.mac]) {
			await scene.admin`insert into memberships (firm_id, user_id, role, mac) values (${PLATFORM_FIRM_ID}, ${id}, 'OWNER', ${mac})
				on conflict (user_id) do update set mac = ${mac}`;
			await expectForged(token, { firm: PLATFORM_FIRM_ID });
		}
		await scene.admin`delete from memberships where firm_id = ${PLATFORM_FIRM_ID}`;
		await scene.admin`delete from firms where id = ${PLATFORM_FIRM_ID}`;
	});
});

describe('an operator', () => {
	const ofPlatform = { firm: null };

	it('that was inserted gives no rights, even with another operator’s MAC', async () => {
		const { id, token } = await account();
		await scene.admin`insert into operators (user_id, roles) values (${id}, '{OPERATOR,APPROVER,AUDITOR}')`;
		await expectForged(token, ofPlatform);
		await scene.admin`update operators set roles = '{APPROVER}', mac = (select mac from operators where user_id = ${idOf(scene.approver)})
			where user_id = ${id}`;
		await expectForged(token, ofPlatform);
		await scene.admin`update operators set mac = ${await macOf(idOf(scene.north.owner))} where user_id = ${id}`;
		await expectForged(token, ofPlatform);
	});

	it('with wider, narrower or repeated roles gives no rights', async () => {
		for (const roles of ['{OPERATOR,APPROVER}', '{AUDITOR}', '{OPERATOR,OPERATOR}']) {
			await scene.admin`update operators set roles = ${roles}::text[] where user_id = ${idOf(scene.operator)}`;
			await expectForged(scene.operator, ofPlatform);
		}
	});

	it('that was disabled is not restored by a null in disabled_at', async () => {
		const token = await scene.installation.addOperator('AUDITOR');
		const [by] = await scene.admin`select id, person_id from users where id = ${idOf(scene.approver)}`;
		const [gone] = await scene.admin`select email from users where id = ${idOf(token)}`;
		await withAdminContext(scene.installation.config, scene.installation.database, (admin) =>
			disableOperator(admin, gone?.email, {
				kind: 'operator',
				user: by?.id,
				person: by?.person_id,
				roles: new Set(['APPROVER']),
				proven: true,
			}),
		);
		expect((await scene.api.ask(token, '{ viewer { id } }')).errors[0]?.message).toBe(
			'This operator account is disabled.',
		);
		await scene.admin`update operators set disabled_at = null where user_id = ${idOf(token)}`;
		await expectForged(token, ofPlatform);
	});

	it('of an account with another subject or person gives no rights', async () => {
		const operator = idOf(scene.operator);
		await scene.admin`update users set person_id = ${uuidv7()} where id = ${operator}`;
		await expectForged(scene.operator, ofPlatform);
		const { token } = await account();
		await scene.admin`delete from users where subject = ${idOf(token)}`;
		await scene.admin`update users set subject = ${idOf(token)}, person_id = ${
			forging().kept.users?.find(({ id }) => id === operator)?.person_id as string
		} where id = ${operator}`;
		await expectForged(token, { user: operator, firm: null });
	});

	it('that was inserted for a member gives no rights, and the member loses theirs', async () => {
		const member = idOf(scene.north.member);
		// Disables the trigger that keeps members and operators apart.
		await scene.admin.unsafe('alter table operators disable trigger user');
		await scene.admin`insert into operators (user_id, roles) values (${member}, '{OPERATOR}')`;
		await scene.admin.unsafe('alter table operators enable trigger user');
		await expectForged(scene.north.member, { firm: scene.north.id });
	});
});
