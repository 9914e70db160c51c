import { beforeAll, describe, expect, it } from 'vitest';
import {
	beginningOf,
	composeSubLogEntry,
	extendSubLog,
	isShared,
	isSubLogDevice,
	makeStatement,
	readEntry,
	readSubLogEntry,
	type SubLog,
	type SubLogEntry,
	type SubLogKind,
	strangersAmongStaff,
	subLogDevices,
} from '../../../src/custody/index.ts';
import { FIRM } from '../some.ts';
import { deviceOf, NAME, personOf, recordOf, rowOf, ruleOf, SomeFirm, TIME, twoOwners } from './some-firm.ts';

const LOG = rowOf(70);
const thread = recordOf(71, 'COMMUNICATION', 'threads');
let firm: SomeFirm;
/** Staff: person 0 with device 0. Client: person 40 with device 40. */
let shared: SubLog;

async function next<K extends SubLogKind>(
	log: SubLog | null,
	kind: K,
	body: SubLogEntry<K>['body'],
	device: number,
): Promise<SubLog> {
	const signed = { log: log ?? beginningOf(FIRM), kind, body, device: await deviceOf(device), time: TIME };
	return extendSubLog(log, await readSubLogEntry(await composeSubLogEntry(signed)));
}

async function added(log: SubLog | null, device: number, person: number) {
	const place = { firm: FIRM, genesis: log?.genesis ?? '0'.repeat(64), person: personOf(person) };
	const statement = await makeStatement(await deviceOf(device), 'DEVICE', place);
	return { device: statement, name: NAME, person: personOf(person) };
}

beforeAll(async () => {
	firm = await twoOwners();
	const begun = { ...(await added(null, 0, 0)), installation: 'vault.example', log: LOG };
	shared = await next(null, 'log.begin', begun, 0);
	shared = await next(shared, 'client.add', await added(shared, 40, 40), 0);
	shared = await next(shared, 'share.begin', { records: [thread] }, 0);
});

it('a record is shared from its beginning to its end, however often each is said, and earlier entries keep that', async () => {
	let log = await next(shared, 'share.begin', { records: [thread] }, 0);
	expect(isShared(log, thread)).toBe(true);
	log = await next(log, 'share.end', { records: [thread] }, 0);
	const ended = log.head;
	expect(isShared(log, thread)).toBe(false);
	log = await next(log, 'share.end', { records: [thread] }, 0);
	log = await next(log, 'share.begin', { records: [recordOf(72, 'COMMUNICATION', 'threads'), thread].reverse() }, 0);
	const heads = [shared.genesis, shared.head, ended, log.head, 'ab'.repeat(32)];
	expect(heads.map((head) => isShared(log, thread, head))).toEqual([false, true, false, true, false]);
	expect(isShared(shared, thread, log.head)).toBe(false);
});

it('a device that was revoked counts until then', async () => {
	const { id } = await deviceOf(40);
	const log = await next(shared, 'client.revoke', { devices: [id] }, 40);
	expect([shared.genesis, shared.head, log.head].map((head) => isSubLogDevice(log, id, head))).toEqual([
		false,
		true,
		false,
	]);
	expect(isSubLogDevice(shared, id, log.head)).toBe(false);
	expect(isSubLogDevice(log, 'ab'.repeat(32))).toBe(false);
	expect(subLogDevices(log, 'CLIENT')).toEqual([]);
	expect(subLogDevices(log, 'STAFF').map((device) => device.id)).toEqual([(await deviceOf(0)).id]);
});

describe('a sub-log refuses', () => {
	const refusal = async <K extends SubLogKind>(kind: K, body: SubLogEntry<K>['body'], device: number) =>
		ruleOf(next(shared, kind, body, device));

	it('a client who becomes staff, and staff who become a client', async () => {
		expect(await refusal('staff.add', await added(shared, 41, 40), 0)).toBe('person-known');
		expect(await refusal('client.add', await added(shared, 41, 0), 0)).toBe('person-known');
	});

	it('a seventeenth device of a client, and a seventeenth class', async () => {
		let log = shared;
		for (let device = 41; device < 56; device++) log = await next(log, 'client.add', await added(log, device, 40), 40);
		expect(await ruleOf(next(log, 'client.add', await added(log, 56, 40), 40))).toBe('device-limit');
		const records = Array.from({ length: 16 }, (_, at) => recordOf(at, `CLASS_${at}`));
		expect(await refusal('share.begin', { records: records.slice(1) }, 0)).toBe('allowed');
		expect(await refusal('share.begin', { records }, 0)).toBe('class-limit');
	});

	it('an entry of the firm, an entry out of turn, and a second beginning', async () => {
		const share = { records: [thread] };
		const late = await next(shared, 'share.end', share, 0);
		const text = late.chain.at(3)?.text as string;
		expect(await ruleOf(extendSubLog(late, await readSubLogEntry(text)))).toBe('order');
		expect(await ruleOf(readEntry(text))).toBe('shape');
		const begun = { ...(await added(shared, 41, 0)), installation: 'vault.example', log: LOG };
		expect(await refusal('log.begin', begun, 0)).toBe('beginning');
		expect(await ruleOf(next(null, 'share.end', share, 0))).toBe('beginning');
		const other = { ...shared, firm: rowOf(1) };
		expect(await ruleOf(next(other, 'share.end', share, 0))).toBe('allowed');
		expect(await ruleOf(extendSubLog(other, await readSubLogEntry(text)))).toBe('firm');
	});

	it('a device that it does not have, and one whose statement is of another log', async () => {
		expect(await refusal('share.end', { records: [thread] }, 41)).toBe('signer');
		const foreign = { ...(await added(shared, 41, 1)), device: await firm.statement(41, 1) };
		expect(await refusal('staff.add', foreign, 0)).toBe('statement');
	});
});

it('staff of whom the firm does not know the device, or no longer, are strangers', async () => {
	let log = await next(shared, 'staff.add', await added(shared, 42, 2), 0);
	log = await next(log, 'staff.add', await added(log, 2, 1), 0);
	log = await next(log, 'staff.add', await added(log, 10, 0), 0);
	expect(strangersAmongStaff(shared, firm.log)).toEqual([]);
	expect(strangersAmongStaff(log, firm.log)).toEqual(await SomeFirm.ids(2, 42));
	const revoked = await firm.next('device.revoke', { devices: await SomeFirm.ids(10) }, 0);
	expect(strangersAmongStaff(log, revoked)).toEqual(await SomeFirm.ids(2, 10, 42));
	const strangers = strangersAmongStaff(log, revoked);
	const cleaned = await next(log, 'staff.revoke', { devices: strangers }, 0);
	expect(strangersAmongStaff(cleaned, revoked)).toEqual([]);
});
