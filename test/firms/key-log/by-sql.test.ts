import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceKeys } from '../../../src/custody/index.ts';
import { makeScene, type Person, type Scene } from '../../attacks/scene.ts';
import { codeOf, NO_PRIVILEGE, roleOf } from '../../database/two-firms.ts';
import { idOf } from '../../support/claims.ts';
import { code } from '../people-of-north.ts';
import { FirmDevices, KEY_LOG, newDevice } from './firm-devices.ts';

let scene: Scene;
let firm: FirmDevices;
let device: DeviceKeys;
let owner: Person;
beforeAll(async () => {
	scene = await makeScene();
	firm = new FirmDevices(scene);
	owner = scene.north.owner;
	device = await newDevice();
	await firm.accepted(owner, await firm.beginning(owner, device));
	for (const MEMBER of [['NOTE'], ['BILLING'], ['NOTE'], ['BILLING'], ['NOTE'], ['BILLING']])
		await firm.accepted(owner, await firm.entry(device, 'roles.classes', { MEMBER }));
});
afterAll(() => scene?.installation.close());

/** SQL with the login of a plane, in a transaction that names the firm. */
const run = async (statement: string, of = firm.firm, side: 'firm' | 'operator' | 'worker' = 'firm') => {
	const sql = scene.installation.signIn(side);
	return sql.begin(async (tx) => {
		await tx`select set_config('role', ${roleOf(side)}, true), set_config('firmseal.firm', ${of}, true)`;
		return tx.unsafe(statement);
	});
};
const attempt = (statement: string, of?: string, side?: 'firm' | 'operator' | 'worker') =>
	codeOf(run(statement, of, side));
const insert = (entry: Record<string, unknown>, seq: unknown = entry.seq, of = firm.firm) =>
	`insert into key_log_entries (firm_id, seq, leaf) values ('${of}', ${seq}, '${JSON.stringify(entry)}')`;
const CHECK = '23514';

const sha256 = (...parts: readonly Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
/** The root of RFC 6962. */
function rootOf(leaves: readonly Uint8Array[]): Buffer {
	if (leaves.length === 1) return sha256(Uint8Array.of(0), leaves[0] as Uint8Array);
	const half = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
	return sha256(Uint8Array.of(1), rootOf(leaves.slice(0, half)), rootOf(leaves.slice(half)));
}

describe('the database', () => {
	it('computes the hashes of each complete subtree, and of the entry', async () => {
		const rows =
			await scene.admin`select leaf, hash, hashes from key_log_entries where firm_id = ${firm.firm} order by seq`;
		const leaves = rows.map(({ leaf }) => Buffer.from(leaf));
		expect(leaves).toHaveLength(7);
		for (const [seq, { leaf, hash, hashes }] of rows.entries()) {
			expect(hash).toBe(sha256(Buffer.from(leaf)).toString('hex'));
			const subtrees: Buffer[] = [];
			for (let width = 1; (seq + 1) % width === 0; width *= 2)
				subtrees.push(rootOf(leaves.slice(seq + 1 - width, seq + 1)));
			expect(Buffer.from(hashes).toString('hex')).toBe(Buffer.concat(subtrees).toString('hex'));
		}
	});

	it('accepts an entry only as the next one of its firm’s log', async () => {
		const { size: seq, head: prev } = firm.known;
		const next = { firm: firm.firm, seq, prev };
		for (const statement of [
			insert({ ...next, seq: seq + 1 }),
			insert({ ...next, seq: seq - 1 }),
			insert(next, seq + 1),
			insert({ ...next, prev: 'ab'.repeat(32) }),
			insert({ ...next, prev: undefined }),
			insert({ ...next, firm: scene.harbour.id }),
			insert({ ...next, kind: 'key.generate', body: { class: 'NOTE', version: 7 } }),
			insert({ ...next, kind: 'key.generate', body: {} }),
			insert({}, seq),
			insert({ ...next, body: 'ä' }),
		])
			expect([statement, await attempt(statement)]).toEqual([statement, CHECK]);
		expect(
			await attempt(insert({ ...next, firm: scene.harbour.id, seq: 0, prev: '0'.repeat(64) }, 0, scene.harbour.id)),
		).toBe(NO_PRIVILEGE);
	});

	it.each([
		'update key_log_entries set leaf = leaf',
		'delete from key_log_entries',
		'truncate key_log_entries',
		'insert into key_log_entries (firm_id, seq, leaf, hash) select firm_id, seq + 1, leaf, hash from key_log_entries',
		"insert into key_log_checkpoints (firm_id, size, note) select firm_id, 1, 'x' from key_log_entries",
		'update custody_wraps set wrap = wrap',
		'delete from custody_wraps',
		'update recovery_shares set share = share',
		'delete from key_log_names',
		'delete from firm_custody',
		'update device_requests set commitment = commitment',
		'update device_requests set created_at = created_at',
		'update owner_proposals set body = body',
		'update owner_proposals set person = person',
		'delete from owner_proposals',
	])('refuses the firm’s login: %s', async (statement) => {
		expect(await attempt(statement)).toBe(NO_PRIVILEGE);
	});

	it.each([
		'key_log_entries',
		'key_log_names',
		'custody_wraps',
		'recovery_shares',
		'device_requests',
		'owner_proposals',
		'key_log_wishes',
	])('shows %s to no one but the firm', async (table) => {
		expect(await attempt(`select 1 from ${table}`, firm.firm, 'operator')).toBe(NO_PRIVILEGE);
		expect(await attempt(`select 1 from ${table}`, firm.firm, 'worker')).toBe(NO_PRIVILEGE);
		expect(await run(`select 1 from ${table}`, scene.harbour.id)).toHaveLength(0);
	});

	it('does not let an owner change an entry either', async () => {
		for (const statement of [
			'update key_log_entries set leaf = leaf',
			'delete from key_log_entries where false',
			'truncate key_log_entries',
		])
			await expect(scene.admin.unsafe(statement)).rejects.toThrow('append-only');
	});

	it('bounds the entries of a firm within a minute', async () => {
		const [{ head }, { firm: of }] = [firm.known, firm];
		const rows = `insert into key_log_entries (firm_id, seq, leaf)`;
		await scene.admin
			.begin(async (tx) => {
				let prev = head;
				for (let seq = firm.known.size; seq < 300; seq++) {
					const leaf = JSON.stringify({ firm: of, prev, seq });
					await tx.unsafe(`${rows} values ('${of}', ${seq}, '${leaf}')`);
					prev = sha256(Buffer.from(leaf)).toString('hex');
				}
				await tx.savepoint(async (inner) => {
					await inner`select set_config('role', 'firmseal_firm', true), set_config('firmseal.firm', ${of}, true)`;
					await inner.unsafe(insert({ firm: of, prev, seq: 300 }));
				});
			})
			.then(
				() => expect.unreachable(),
				({ code: is }: { code: string }) => expect(is).toBe('FS003'),
			);
	});

	it('sets the custody of a class only by an entry of the log', async () => {
		const set = (seq: number) =>
			`insert into firm_custody (firm_id, class, custody, seq, mac) values ('${firm.firm}', 'NOTE', 'FIRM', ${seq}, decode(repeat('00', 36), 'hex'))`;
		for (const seq of [0, 1, 99]) expect(await attempt(set(seq))).toBe(CHECK);
	});

	it('changes no proposal that has ended', async () => {
		await run(
			`insert into owner_proposals (firm_id, id, person, kind, body) values ('${firm.firm}', gen_random_uuid(), '${idOf(owner)}', 'key.retire', '{}')`,
		);
		expect(await attempt("update owner_proposals set agreement = '{}'")).toBe('done');
		await scene.admin`update owner_proposals set created_at = created_at - interval '7 days'`;
		expect(await attempt("update owner_proposals set agreement = '[]'")).toBe('25000');
		await scene.admin`update owner_proposals set created_at = clock_timestamp(), is_ended = true`;
		expect(await attempt('update owner_proposals set is_ended = false')).toBe('25000');
	});

	it('lets a joining device take no step twice, early or late', async () => {
		const hash = 'ab'.repeat(32);
		const random = `${'A'.repeat(43)}=`;
		await run(
			`insert into device_requests (firm_id, id, person, commitment) values ('${firm.firm}', gen_random_uuid(), '${idOf(owner)}', '${hash}')`,
		);
		const set = (columns: string) => attempt(`update device_requests set ${columns}`);
		expect(await set(`reveal = '${random}', statement = '{}'`)).not.toBe('done');
		expect(await set("ended = 'ADDED'")).toBe('25000');
		const answer = `challenge = '${random}', genesis = '${hash}', head = '${hash}', answered_by = '${idOf(owner)}'`;
		expect(await set(`${answer}, reveal = '${random}', statement = '{}'`)).toBe('25000');
		expect(await set(answer)).toBe('done');
		expect(await set(`head = '${'cd'.repeat(32)}'`)).toBe('25000');
		expect(await set(`answered_by = '${firm.firm}'`)).toBe('25000');
		await scene.admin`update device_requests set created_at = created_at - interval '15 minutes'`;
		expect(await set(`reveal = '${random}', statement = '{}'`)).toBe('25000');
	});

	it('lets a share be released once, whole, in time, after the reveal, and by someone else than who gets it', async () => {
		const hash = 'ab'.repeat(32);
		const random = `${'A'.repeat(43)}=`;
		const begin = async (answeredBy: string) => {
			await scene.admin`delete from device_requests`;
			await run(
				`insert into device_requests (firm_id, id, person, commitment) values ('${firm.firm}', gen_random_uuid(), '${idOf(owner)}', '${hash}')`,
			);
			await run(
				`update device_requests set challenge = '${random}', genesis = '${hash}', head = '${hash}', answered_by = '${answeredBy}'`,
			);
		};
		const set = (columns: string) => attempt(`update device_requests set ${columns}`);
		const reveal = () => set(`reveal = '${random}', statement = '{}'`);
		const share = `ended = 'RELEASED', released_by = '${hash}', share = 'AAAA'`;
		await begin(firm.firm);
		expect(await set(share)).toBe('25000');
		expect(await reveal()).toBe('done');
		for (const part of [
			"ended = 'RELEASED'",
			"share = 'AAAA'",
			`released_by = '${hash}', share = 'AAAA'`,
			`ended = 'REFUSED', released_by = '${hash}', share = 'AAAA'`,
			`ended = 'RELEASED', released_by = 'x', share = 'AAAA'`,
			`ended = 'RELEASED', released_by = '${hash}', share = '${'A'.repeat(2_049)}'`,
		])
			expect(await set(part)).toBe('23514');
		expect(await attempt(`update device_requests set ${share}`, firm.firm, 'operator')).toBe(NO_PRIVILEGE);
		expect(await attempt(`update device_requests set ${share}`, firm.firm, 'worker')).toBe(NO_PRIVILEGE);
		expect(await set(share)).toBe('done');
		expect(await set("share = 'BBBB'")).toBe('25000');
		await begin(firm.firm);
		await reveal();
		await scene.admin`update device_requests set created_at = created_at - interval '15 minutes'`;
		expect(await set(share)).toBe('25000');
		await begin(idOf(owner));
		await reveal();
		expect(await set(share)).toBe('25000');
	});
});

describe('an entry that the firm’s login forged', () => {
	it('stops the log, shows in the answer, and changes nothing that the API believes', async () => {
		const { size: seq, head: prev } = firm.known;
		const forged = { body: { person: idOf(scene.north.member) }, firm: firm.firm, kind: 'member.remove', prev, seq };
		expect(await attempt(insert(forged))).toBe('done');
		const entry = await firm.entry(device, 'roles.classes', { MEMBER: [] });
		const refused = await firm.send(owner, entry);
		expect([code(refused), refused.errors[0]?.message]).toEqual([
			'FORBIDDEN',
			`Entry ${seq} of the firm’s key log was written outside Firmseal, so nothing can be appended: ask the platform to find out how it got there.`,
		]);
		expect((await scene.entriesOf(refused)).map(({ action }) => action)).toEqual(['rights.refuse']);
		const { data } = await scene.api.ask(owner, KEY_LOG);
		expect(data.keyLog.entries).toHaveLength(seq + 1);
	});
});
