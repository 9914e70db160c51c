import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeviceKeys, readEntry } from '../../../src/custody/index.ts';
import { makeScene, type Person, type Scene } from '../../attacks/scene.ts';
import { leasesOver } from '../../leases/by-api.ts';
import { idOf } from '../../support/claims.ts';
import { code, peopleOfNorth } from '../people-of-north.ts';
import { FirmDevices, KEY_LOG, nameHashOf, nameInput, newDevice, type Sent } from './firm-devices.ts';

let scene: Scene;
let firm: FirmDevices;
let [ada, adasCode, bobs]: DeviceKeys[] = [];
let owner: Person;
let bob: Person;
const { add } = peopleOfNorth(() => scene);
beforeAll(async () => {
	scene = await makeScene();
	firm = new FirmDevices(scene);
	owner = scene.north.owner;
	bob = scene.north.member;
	[ada, adasCode, bobs] = await Promise.all([newDevice(), newDevice(), newDevice()]);
});
afterAll(() => scene?.installation.close());

const a = () => ada as DeviceKeys;
const b = () => bobs as DeviceKeys;
const theCode = () => adasCode as DeviceKeys;
const refusal = async (by: Person, sent: Sent) => code(await firm.send(by, sent));
const ask = async (by: Person, query: string) => (await scene.api.ask(by, query)).data;
const custody = async () =>
	Object.fromEntries(
		(await ask(owner, '{ viewer { firm { custody { class custody } } } }')).viewer.firm.custody.map(
			(each: { class: string; custody: string }) => [each.class, each.custody],
		),
	);
const newestVersion = async (className: string): Promise<number> =>
	(await ask(owner, KEY_LOG)).keyLog.newestVersions.find((each: { class: string }) => each.class === className).version;
const actions = async (answer: { readonly headers: Headers }) =>
	(await scene.entriesOf(answer)).map(({ action, hash, records, reason }) => ({ action, hash, records, reason }));

describe('a key log', () => {
	it('is empty before its first entry', async () => {
		expect((await ask(owner, KEY_LOG)).keyLog).toMatchObject({
			installation: 'localhost',
			size: 0,
			head: null,
			genesis: null,
			entries: [],
			names: [],
			checkpoint: null,
		});
	});

	it('is begun by an owner, for this installation and for themselves only', async () => {
		const byBob = await firm.send(bob, await firm.beginning(bob, b()));
		expect(code(byBob)).toBe('FORBIDDEN');
		expect(await actions(byBob)).toEqual([
			{ action: 'request.deny', hash: undefined, records: [], reason: 'FORBIDDEN' },
		]);
		expect(await refusal(owner, await firm.beginning(bob, b()))).toBe('FORBIDDEN');
		expect(await refusal(owner, await firm.beginning(owner, a(), 'other.example'))).toBe('BAD_USER_INPUT');
		const begins = await firm.beginning(owner, a());
		const { names: _, ...nameless } = begins;
		expect(await refusal(owner, nameless)).toBe('BAD_USER_INPUT');
		expect(await refusal(owner, { ...begins, names: [nameInput(idOf(owner), 'Eve')] })).toBe('BAD_USER_INPUT');
		expect(await refusal(owner, { ...begins, names: [nameInput(idOf(owner)), nameInput(idOf(bob))] })).toBe(
			'BAD_USER_INPUT',
		);
		const elsewhere = new FirmDevices(scene, scene.harbour.id);
		expect(await refusal(owner, await elsewhere.beginning(owner, a()))).toBe('BAD_USER_INPUT');
		expect(await refusal(owner, { entries: [] })).toBe('BAD_USER_INPUT');
		expect((await ask(owner, KEY_LOG)).keyLog.size).toBe(0);
	});

	it('takes its first entry with the name beside it, and the audit log names the entry by its hash', async () => {
		const begins = await firm.beginning(owner, a());
		const answer = await firm.accepted(owner, begins);
		const { hash } = await readEntry(begins.entries[0] as string);
		expect(answer.data.appendKeyLog).toEqual({ keyLog: { size: 1, head: hash } });
		expect(await actions(answer)).toEqual([{ action: 'key-log.append', hash, records: [idOf(owner)], reason: null }]);
		expect((await ask(bob, KEY_LOG)).keyLog).toMatchObject({
			size: 1,
			head: hash,
			genesis: hash,
			entries: begins.entries,
			names: begins.names,
		});
		expect(await refusal(owner, begins)).toBe('CONFLICT');
	});

	it('takes entries only from the person whose device signed them', async () => {
		const sent = await firm.code(a(), idOf(owner), theCode());
		expect(await refusal(bob, sent)).toBe('FORBIDDEN');
		await firm.accepted(owner, sent);
	});

	it('adds only present members of the firm', async () => {
		const { id } = await add('gone');
		await scene.admin`update memberships set removed_at = now() where user_id = ${id}`;
		for (const person of [id, idOf(scene.north.client), idOf(scene.harbour.member)])
			expect(await refusal(owner, await firm.member(a(), person))).toBe('BAD_USER_INPUT');
		await firm.accepted(owner, await firm.member(a(), idOf(bob)));
		await firm.accepted(owner, await firm.device(a(), b(), idOf(bob)));
		const byBob = await firm.member(b(), idOf(bob));
		expect(await refusal(bob, byBob)).toBe('FORBIDDEN');
	});

	it('takes several entries together or none', async () => {
		const named = async (name: string, log = firm.known) =>
			firm.text('member.name', { name: await nameHashOf(firm.firm, idOf(bob), name), person: idOf(bob) }, a(), { log });
		const first = await named('Bob');
		const { hash: head } = await readEntry(first);
		const second = await named('Robert', { ...firm.known, size: firm.known.size + 1, head });
		const names = [nameInput(idOf(bob), 'Bob'), nameInput(idOf(bob), 'Robert')];
		const broken = second.replace('"signature":"', '"signature":"A');
		expect(await refusal(owner, { entries: [first, broken], names })).toBe('BAD_USER_INPUT');
		expect(await refusal(owner, { entries: [second, first], names })).toBe('CONFLICT');
		await firm.accepted(owner, { entries: [first, second], names });
		const pages = await ask(
			owner,
			`{ one: keyLog(first: 1) { entries } rest: keyLog(after: 0, first: 2) { entries names { name } } }`,
		);
		expect(pages.one.entries).toEqual([firm.known.chain.at(0)?.text]);
		expect(pages.rest.entries).toEqual([firm.known.chain.at(1)?.text, firm.known.chain.at(2)?.text]);
		expect(pages.rest.names).toEqual([{ name: 'Ada' }]);
	});

	it('lets one of two entries win that follow the same one', async () => {
		const { size } = firm.known;
		const sent = await Promise.all(
			[['NOTE'], ['BILLING']].map((MEMBER) => firm.entry(a(), 'roles.classes', { MEMBER })),
		);
		const codes = await Promise.all(sent.map((each) => refusal(owner, each)));
		expect(codes.sort()).toEqual(['CONFLICT', 'OK']);
		await firm.read(owner);
		expect(firm.known.size).toBe(size + 1);
		await firm.accepted(owner, await firm.entry(a(), 'roles.classes', { MEMBER: ['BILLING', 'NOTE'] }));
	});
});

describe('a data key of the firm', () => {
	it('needs the next version of its class in both custodies, and a wrap for each entitled device', async () => {
		await scene.write({ title: 'sealed by the platform' });
		const version = (await newestVersion('NOTE')) + 1;
		expect(version).toBeGreaterThan(1);
		expect(await refusal(owner, await firm.key(a(), 'NOTE', version + 1))).toBe('CONFLICT');
		expect(await refusal(owner, await firm.key(a(), 'NOTE', version - 1))).toBe('CONFLICT');
		expect(await refusal(owner, await firm.key(a(), 'OTHER', 1))).toBe('BAD_USER_INPUT');
		expect(await refusal(owner, await firm.key(a(), 'RIGHTS', 2))).toBe('BAD_USER_INPUT');
		for (let left = 0; left < 3; left++) {
			const sent = await firm.key(a(), 'NOTE', version, (all) => all.filter((_, index) => index !== left));
			expect(sent.wraps).toHaveLength(2);
			expect(await refusal(owner, sent)).toBe('BAD_USER_INPUT');
		}
		const whole = await firm.key(a(), 'NOTE', version);
		const forged = whole.wraps?.map((wrap) => wrap.replace(/"version":\d+/, `"version":${version + 1}`));
		expect(await refusal(owner, { ...whole, wraps: forged ?? [] })).toBe('BAD_USER_INPUT');
		await firm.accepted(owner, whole);
		expect(await newestVersion('NOTE')).toBe(version);
		const wraps = await ask(bob, `{ keyWraps(class: "NOTE", recipient: "${b().id}") }`);
		expect(wraps.keyWraps).toHaveLength(1);
	});

	it('leaves its number out of the platform’s series', async () => {
		const version = await newestVersion('NOTE');
		await scene.api.ask(owner, 'mutation { rotateFirmKey(input: { class: NOTE }) { jobId } }');
		const worker = await scene.installation.startWorker();
		await scene.installation.workUntil(async () => (await newestVersion('NOTE')) > version);
		await worker.stop();
		const [row] = await scene.admin`select max(version)::int as newest from data_keys
			where firm_id = ${firm.firm} and class = 'NOTE'`;
		expect(row?.newest).toBe(version + 1);
		await firm.accepted(owner, await firm.key(a(), 'NOTE', version + 2));
	});

	it('is wrapped later for a device that comes, by a device of the caller only', async () => {
		const bobs2 = await newDevice();
		await firm.accepted(bob, await firm.device(b(), bobs2, idOf(bob)));
		const to = firm.known.devices.get(bobs2.id);
		const version = await newestVersion('NOTE');
		if (!to) throw new Error('The device is not in the log.');
		const wrap = await firm.wrap(a(), to, 'NOTE', version, firm.known.head);
		const sendWraps = (by: Person, wraps: readonly string[]) =>
			scene.api.ask(by, 'mutation ($input: AddKeyWrapsInput!) { addKeyWraps(input: $input) { count } }', {
				input: { wraps },
			});
		expect(code(await sendWraps(bob, [wrap]))).toBe('FORBIDDEN');
		expect(code(await sendWraps(owner, [await firm.wrap(a(), to, 'NOTE', version, 'ab'.repeat(32))]))).toBe(
			'BAD_USER_INPUT',
		);
		expect(code(await sendWraps(owner, ['{}']))).toBe('BAD_USER_INPUT');
		expect((await sendWraps(owner, [wrap, wrap])).data.addKeyWraps).toEqual({ count: 2 });
		expect((await ask(bob, `{ keyWraps(class: "NOTE", recipient: "${bobs2.id}") }`)).keyWraps).toEqual([wrap]);
	});
});

describe('the custody of a class', () => {
	const set = (className: string, to: 'PLATFORM' | 'FIRM' | 'MOVING' | 'BACK') =>
		firm.entry(a(), 'custody.set', { class: className, custody: to }, theCode());

	it('is the platform’s at first', async () => {
		expect(await custody()).toEqual({
			BILLING: 'PLATFORM',
			COMMUNICATION: 'PLATFORM',
			DOCUMENT: 'PLATFORM',
			NOTE: 'PLATFORM',
		});
	});

	it('does not move to the firm at once while the firm has content, and never by one owner alone', async () => {
		expect(await refusal(owner, await set('NOTE', 'FIRM'))).toBe('CONFLICT');
		expect(await refusal(owner, await firm.entry(a(), 'custody.set', { class: 'NOTE', custody: 'FIRM' }))).toBe(
			'FORBIDDEN',
		);
		expect((await custody()).NOTE).toBe('PLATFORM');
	});

	it('moves to the firm for an empty class, with a proven row, once no lease on it is open', async () => {
		await firm.accepted(owner, await firm.key(a(), 'BILLING', (await newestVersion('BILLING')) + 1));
		const leases = leasesOver(scene.api.ask);
		const lease = await leases.requested(scene.operator, firm.firm, { classes: ['BILLING'] });
		const open = await firm.send(owner, await set('BILLING', 'FIRM'));
		expect([code(open), open.errors[0]?.message]).toEqual([
			'CONFLICT',
			'A lease on this class is open: revoke or deny it first.',
		]);
		expect((await custody()).BILLING).toBe('PLATFORM');
		expect(code(await leases.step(owner, 'deny', lease.id))).toBe('OK');
		await firm.accepted(owner, await set('BILLING', 'FIRM'));
		expect((await custody()).BILLING).toBe('FIRM');
		const [row] =
			await scene.admin`select seq, octet_length(mac) as bytes from firm_custody where firm_id = ${firm.firm}`;
		expect(row).toEqual({ seq: firm.known.size - 1, bytes: 36 });
	});

	it('moves back by steps, and again to the firm', async () => {
		for (const to of ['BACK', 'PLATFORM', 'MOVING', 'FIRM'] as const) {
			await firm.accepted(owner, await set('BILLING', to));
			expect((await custody()).BILLING).toBe(to);
		}
	});

	it('lets a data key retire only if nothing is sealed under it', async () => {
		const version = await newestVersion('BILLING');
		await firm.accepted(owner, await firm.key(a(), 'BILLING', version + 1));
		const retire = () => firm.entry(a(), 'key.retire', { class: 'BILLING', version }, theCode());
		// Only the frame matters here: what a device has sealed under this version.
		const tag = createHash('sha256').update(firm.firm).digest().subarray(0, 4);
		const sealed = Buffer.concat([Buffer.from([0xf5, 2, 0, 0, 0, version]), tag, Buffer.alloc(65)]);
		const [row] = await scene.admin`
			insert into invoices (firm_id, id, author_id, number, currency, memo, stamp)
			values (${firm.firm}, gen_random_uuid(), ${idOf(owner)}, 'K-1', 'EUR', ${sealed}, '{}') returning id`;
		const refused = await firm.send(owner, await retire());
		expect([code(refused), refused.errors[0]?.message]).toEqual([
			'CONFLICT',
			'Values are still sealed under this version of the data key: re-seal them first.',
		]);
		const byOne = await firm.entry(a(), 'key.retire', { class: 'BILLING', version });
		expect(await refusal(owner, byOne)).toBe('FORBIDDEN');
		await scene.admin`update invoices set memo = null, stamp = ${`{"head":"${'0'.repeat(64)}"}`} where id = ${row?.id ?? ''}`;
		expect((await firm.send(owner, await retire())).errors[0]?.message).toBe(
			'Records still have stamps from before the oldest data key that would be left: re-seal them first.',
		);
		await scene.admin`delete from invoices where id = ${row?.id ?? ''}`;
		await firm.accepted(owner, await retire());
		expect(['BAD_USER_INPUT', 'FORBIDDEN']).toContain(await refusal(owner, await retire()));
	});

	it('is shared with no one in this version', async () => {
		const records = [{ class: 'NOTE', row: '0190a3c4-0000-7000-9000-000000000001', table: 'notes' }];
		const body = { head: 'ab'.repeat(32), log: '0190a3c4-0000-7000-9000-000000000002', records, seq: 0 };
		expect(await refusal(owner, await firm.entry(a(), 'share.begin', body))).toBe('BAD_USER_INPUT');
	});
});

describe('a notice', () => {
	it('supports its entry only after 72 hours by the database’s clock', async () => {
		const trust = { manifests: ['ab'.repeat(32)] };
		await firm.accepted(owner, await firm.entry(a(), 'notice', { body: trust, kind: 'release.trust' }));
		const notice = firm.known.size - 1;
		const entry = await firm.text('release.trust', trust, a(), { agreement: { notice } });
		const early = await firm.send(owner, { entries: [entry] });
		expect([code(early), early.errors[0]?.message]).toEqual([
			'CONFLICT',
			'The notice of this entry is not 72 hours old yet: send the entry when it is.',
		]);
		await scene.admin.begin(async (tx) => {
			await tx`alter table key_log_entries disable trigger user`;
			await tx`update key_log_entries set appended_at = appended_at - interval '72 hours' where firm_id = ${firm.firm} and seq = ${notice}`;
			await tx`alter table key_log_entries enable always trigger append_only_row`;
			await tx`alter table key_log_entries enable always trigger append_only_statement`;
			await tx`alter table key_log_entries enable always trigger append_only_truncate`;
			await tx`alter table key_log_entries enable always trigger follow`;
			await tx`alter table key_log_entries enable always trigger announce`;
		});
		await firm.accepted(owner, { entries: [entry] });
	});
});

describe('a member who left', () => {
	it('appends and reads nothing more, even before the log says so', async () => {
		await scene.admin`update memberships set removed_at = now() where user_id = ${idOf(bob)}`;
		const sent = await firm.device(b(), await newDevice(), idOf(bob));
		expect((await firm.send(bob, sent)).data?.appendKeyLog ?? null).toBe(null);
		expect((await scene.api.ask(bob, KEY_LOG)).data?.keyLog ?? null).toBe(null);
	});
});
