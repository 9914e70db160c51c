import { beforeEach, describe, expect, it } from 'vitest';
import { approvalStatement, policyStatement } from '../../src/access/index.ts';
import { deriveCommitment } from '../../src/keys/index.ts';
import { openKeyring } from '../../src/wiring/index.ts';
import { initInstallation, withAdminContext } from '../../src/wiring/installation.ts';
import type { Answer } from '../support/ask.ts';
import { codesOf, type Forging, idOf, READ, setUpForging, WRITE } from './forging.ts';

const forging = setUpForging();
let { scene, note, former, account, macOf, expectForged } = {} as Forging;
beforeEach(() => {
	({ scene, note, former, account, macOf, expectForged } = forging());
});

describe('a forged row gets no valid MAC from later actions', () => {
	const ask = (text: string) => scene.api.ask(scene.north.owner, `mutation { ${text} }`);
	const expectRefused = async (answer: Answer, user: string) => {
		expect(codesOf(answer)).toEqual(['FORBIDDEN']);
		expect(await scene.entriesOf(answer)).toMatchObject([{ action: 'rights.refuse', records: [user] }]);
	};

	it('an owner cannot change the role of an inserted row, and can remove the row', async () => {
		const { id, token } = await account();
		await scene.admin`insert into memberships (firm_id, user_id, role) values (${scene.north.id}, ${id}, 'MEMBER')`;
		for (const role of ['OWNER', 'MEMBER'])
			await expectRefused(await ask(`setMemberRole(input: { userId: "${id}", role: ${role} }) { user { id } }`), id);
		await expectForged(token);
		const removed = await ask(`removeMember(input: { userId: "${id}" }) { user { id } }`);
		expect(removed.errors).toEqual([]);
		expect(await macOf(id)).toBeNull();
		expect((await scene.api.ask(token, '{ viewer { id } }')).errors[0]?.message).toMatch(/belongs to no firm/);
	});

	it('a person who returns gets a new account, and an account that SQL gave their subject stays unproven', async () => {
		const thief = await account();
		await scene.admin`delete from users where id = ${thief.id}`;
		await scene.admin`update users set subject = ${thief.id}, person_id = ${idOf(scene.north.owner)} where id = ${former.id}`;
		const before = await macOf(former.id);
		const who = { email: 'back@north.example', subject: thief.id };
		const { id } = await scene.installation.addMember(scene.north.owner, who);
		expect(await macOf(former.id)).toEqual(before);
		const [row] = await scene.admin`select person_id from users where id = ${id}`;
		expect(row?.person_id).not.toBe(idOf(scene.north.owner));
		expect((await scene.api.ask(thief.token, '{ viewer { id } }')).data).toEqual({ viewer: { id } });
	});

	it('removal does not prove a member whose account was changed', async () => {
		const member = idOf(scene.north.member);
		const thief = await account();
		await scene.admin`delete from users where id = ${thief.id}`;
		await scene.admin`update users set subject = ${thief.id} where id = ${member}`;
		expect((await ask(`removeMember(input: { userId: "${member}" }) { user { id } }`)).errors).toEqual([]);
		expect(await macOf(member)).toBeNull();
		expect((await scene.api.ask(thief.token, '{ viewer { id } }')).status).toBe(403);
	});

	it('another run of init proves no row', async () => {
		const { config, database } = scene.installation;
		const member = idOf(scene.north.member);
		await scene.admin`update memberships set mac = null, role = 'OWNER' where user_id = ${member}`;
		await scene.admin`update operators set mac = null, roles = '{APPROVER}' where user_id = ${idOf(scene.operator)}`;
		await scene.admin`update access_policies set mac = null, policy = 'NOTIFY' where firm_id = ${scene.north.id}`;
		await initInstallation(config, database);
		expect(await macOf(member)).toBeNull();
		await expectForged(scene.north.member);
		await expectForged(scene.operator, { firm: null });
		const [policy] = await scene.admin`select mac from access_policies where firm_id = ${scene.north.id}`;
		expect(policy?.mac).toBeNull();
	});
});

describe('a RIGHTS key', () => {
	it('that is deleted takes all rights away, and a new key restores none', async () => {
		await scene.admin`delete from data_keys where class = 'RIGHTS' and firm_id = ${scene.north.id}`;
		// A process without a cached key.
		const api = await scene.installation.serve();
		const refused = async () => {
			const answer = await api.ask(scene.north.owner, '{ notes { nodes { title } } }');
			expect([answer.status, answer.data]).toEqual([403, undefined]);
			expect(await scene.entriesOf(answer)).toMatchObject([{ action: 'rights.refuse' }]);
		};
		await refused();
		await withAdminContext(scene.installation.config, scene.installation.database, (admin) =>
			admin.rights.prove(scene.north.id, ['anything']),
		);
		await refused();
		await api.stop();
	});

	it('of another firm allows no read and no write', async () => {
		await scene.admin`update data_keys set wrapped = other.wrapped, commitment = other.commitment, key_id = other.key_id
			from data_keys other where data_keys.class = 'RIGHTS' and other.class = 'RIGHTS'
				and data_keys.firm_id = ${scene.north.id} and other.firm_id = ${scene.harbour.id}`;
		const api = await scene.installation.serve();
		const { id, token } = await account();
		await scene.admin`insert into memberships (firm_id, user_id, role, mac)
			values (${scene.north.id}, ${id}, 'OWNER', ${await macOf(idOf(scene.north.owner))})`;
		for (const of of [token, scene.north.owner]) {
			const read = await api.ask(of, READ, { id: note });
			expect(read.data.note.title).toBeNull();
			expect(codesOf(read)).toEqual(['KEY_UNAVAILABLE']);
			const written = await api.ask(of, WRITE);
			expect(codesOf(written)).toEqual(['KEY_UNAVAILABLE']);
			expect(read.text + written.text).not.toContain('rights-marker');
		}
		await api.stop();
	});

	it('from before a rotation still proves its rows, but no row that has changed since', async () => {
		const rotated = await openKeyring(scene.installation.config, 'worker');
		const { wrapped, keyId, plaintext } = await rotated.generateDataKey({ firm: scene.north.id, class: 'RIGHTS' });
		const commitment = deriveCommitment(plaintext, { firm: scene.north.id, class: 'RIGHTS', version: 2 });
		await scene.admin.begin(async (tx) => {
			await tx`update data_keys set state = 'RETIRED' where firm_id = ${scene.north.id} and class = 'RIGHTS'`;
			await tx`insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id)
				values (${scene.north.id}, 'RIGHTS', 2, 'ACTIVE', ${Buffer.from(wrapped)}, ${Buffer.from(commitment)}, ${keyId})`;
		});
		const api = await scene.installation.serve();
		const set = (role: string) =>
			api.ask(
				scene.north.owner,
				`mutation { setMemberRole(input: { userId: "${idOf(scene.north.member)}", role: ${role} }) { user { id } } }`,
			);
		expect((await set('OWNER')).errors).toEqual([]);
		const newer = await macOf(idOf(scene.north.member));
		expect(newer.readUInt32BE()).toBe(2);
		expect((await api.ask(scene.north.member, '{ viewer { role } }')).data.viewer.role).toBe('OWNER');
		expect((await set('MEMBER')).errors).toEqual([]);
		// The newer version's MAC under the older version's number.
		const relabelled = Buffer.from(await macOf(idOf(scene.north.member)));
		relabelled.writeUInt32BE(1);
		await scene.admin`update memberships set mac = ${relabelled} where user_id = ${idOf(scene.north.member)}`;
		await expectForged(scene.north.member);
		await api.stop();
	});
});

describe('an access policy', () => {
	const holds = (firm: string) =>
		withAdminContext(scene.installation.config, scene.installation.database, async ({ rights }) => {
			const [row] = await scene.admin`select policy, approvers, mac from access_policies where firm_id = ${firm}`;
			return rights.verify(firm, policyStatement({ firm, policy: row?.policy, approvers: row?.approvers }), row?.mac);
		});

	it('is created with its firm and a MAC that fits no other policy', async () => {
		const [row] = await scene.admin`select policy, approvers from access_policies where firm_id = ${scene.north.id}`;
		expect(row).toEqual({ policy: 'APPROVE', approvers: 1 });
		expect(await holds(scene.north.id)).toBe(true);
		await scene.admin`update access_policies set policy = 'NOTIFY' where firm_id = ${scene.north.id}`;
		expect(await holds(scene.north.id)).toBe(false);
		await scene.admin`update access_policies set policy = 'APPROVE', approvers = 2 where firm_id = ${scene.north.id}`;
		expect(await holds(scene.north.id)).toBe(false);
		await scene.admin`update access_policies set approvers = 1, mac = other.mac from access_policies other
			where access_policies.firm_id = ${scene.north.id} and other.firm_id = ${scene.harbour.id}`;
		expect(await holds(scene.north.id)).toBe(false);
		expect(await holds(scene.harbour.id)).toBe(true);
	});

	it('has a MAC that does not prove an approval', async () => {
		const statement = approvalStatement({
			lease: scene.north.id,
			firm: scene.north.id,
			requestHash: '0'.repeat(64),
			side: 'FIRM',
			user: idOf(scene.north.owner),
		});
		const [row] = await scene.admin`select mac from access_policies where firm_id = ${scene.north.id}`;
		await withAdminContext(scene.installation.config, scene.installation.database, async (admin) => {
			expect(await admin.rights.verify(scene.north.id, statement, row?.mac)).toBe(false);
		});
	});
});
