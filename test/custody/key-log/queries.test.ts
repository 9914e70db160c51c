import { beforeAll, describe, expect, it } from 'vitest';
import {
	allowsWrap,
	custodyOf,
	entitledDevices,
	generationOf,
	generationsOf,
	isEntitled,
	missingWraps,
	needsAgreement,
	newestVersion,
	roleOf,
	usableWaysOf,
	writableVersion,
} from '../../../src/custody/index.ts';
import { COMMITMENT, deviceOf, NAME, personOf, recordOf, rowOf, SomeFirm, twoOwners } from './some-firm.ts';

let firm: SomeFirm;
const idOf = async (device: number): Promise<string> => (await deviceOf(device)).id;
const from = ({ log }: SomeFirm): SomeFirm => new SomeFirm(log);
const versionOf = (of: SomeFirm, name: string, version: number) => of.log.classes.get(name)?.versions.get(version);

beforeAll(async () => {
	firm = await twoOwners();
});

describe('who is entitled', () => {
	it('is every active device of an OWNER, codes too, and those of a MEMBER whose classes have the class', async () => {
		const ids = (name: string) =>
			entitledDevices(firm.log, name)
				.map(({ id }) => id)
				.sort();
		expect(ids('NOTE')).toEqual(await SomeFirm.ids(0, 1, 2, 10, 11, 20, 21));
		expect(ids('BILLING')).toEqual(await SomeFirm.ids(0, 1, 10, 11, 20, 21));
	});

	it('is answered for any earlier entry as it was', async () => {
		const later = from(firm);
		const before = later.log.head;
		await later.append('member.remove', { person: personOf(2) }, 0);
		const removed = later.log.head;
		await later.append('member.add', { name: NAME, person: personOf(2) }, 0);
		await later.add(12, 2, 0);
		const [old, fresh] = [await idOf(2), await idOf(12)];
		const at = (head: string) => [old, fresh].map((id) => isEntitled(later.log, id, 'NOTE', head));
		expect([at(before), at(removed), at(later.log.head)]).toEqual([
			[true, false],
			[false, false],
			[false, true],
		]);
		expect(roleOf(later.log, personOf(2), later.log.size - 3)).toBeNull();
		expect(roleOf(later.log, personOf(2))).toBe('MEMBER');
		expect(isEntitled(firm.log, fresh, 'NOTE', later.log.head)).toBe(false);
	});

	it('changes with the classes of a MEMBER, and what a MEMBER could read before the first such entry is all', async () => {
		const member = await idOf(2);
		const later = from(firm);
		await later.append('roles.classes', { MEMBER: ['BILLING'] }, 0);
		const heads = [firm.log.chain.at(6)?.hash as string, firm.log.head, later.log.head];
		expect(heads.map((head) => isEntitled(later.log, member, 'NOTE', head))).toEqual([true, true, false]);
		expect(heads.map((head) => isEntitled(later.log, member, 'BILLING', head))).toEqual([true, false, true]);
	});
});

describe('a version is stale', () => {
	it('for each class that someone lost, and for no other', async () => {
		const later = from(firm);
		await later.append('device.revoke', { devices: await SomeFirm.ids(2) }, 2);
		expect([versionOf(later, 'NOTE', 1)?.stale, versionOf(later, 'BILLING', 1)?.stale]).toEqual([firm.log.size, null]);
		expect([writableVersion(later.log, 'NOTE'), writableVersion(later.log, 'BILLING')]).toEqual([null, 1]);
		await later.append('key.generate', { class: 'NOTE', commitment: COMMITMENT, version: 2 }, 0);
		expect([writableVersion(later.log, 'NOTE'), newestVersion(later.log, 'NOTE')]).toEqual([2, 2]);
	});

	it('since the first entry by which someone lost it, not since a later one', async () => {
		const later = from(firm);
		await later.append('device.revoke', { devices: await SomeFirm.ids(2) }, 2);
		await later.append('device.revoke', { devices: await SomeFirm.ids(11) }, 1);
		expect([versionOf(later, 'NOTE', 1)?.stale, versionOf(later, 'BILLING', 1)?.stale]).toEqual([
			firm.log.size,
			firm.log.size + 1,
		]);
	});

	it('if a class is taken from MEMBERs with a device, a code is replaced or used, or an OWNER becomes a MEMBER', async () => {
		const stale = async (append: (later: SomeFirm) => Promise<void>) => {
			const later = from(firm);
			await append(later);
			return ['NOTE', 'BILLING'].filter((name) => versionOf(later, name, 1)?.stale === firm.log.size);
		};
		expect(await stale((later) => later.append('roles.classes', { MEMBER: ['BILLING'] }, 0))).toEqual(['NOTE']);
		expect(await stale(async (later) => later.append('recovery.set', await later.codeOf(0, 22), 0, 1))).toEqual([
			'NOTE',
			'BILLING',
		]);
		expect(await stale((later) => later.add(12, 0, 20))).toEqual(['NOTE', 'BILLING']);
		const role = { person: personOf(1), role: 'MEMBER' } as const;
		expect(await stale((later) => later.append('member.role', role, 0, 1))).toEqual(['NOTE', 'BILLING']);
		expect(await stale((later) => later.append('roles.classes', { MEMBER: ['BILLING', 'NOTE'] }, 0))).toEqual([]);
		expect(await stale((later) => later.add(12, 2, 2))).toEqual([]);
	});
});

describe('wraps of a new version', () => {
	it('are missing until each entitled device has one that the log allows', async () => {
		const later = from(firm);
		await later.append('key.generate', { class: 'BILLING', commitment: COMMITMENT, version: 2 }, 0);
		const wrapper = await idOf(0);
		const all = await SomeFirm.ids(0, 1, 10, 11, 20, 21);
		const wrap = { class: 'BILLING', version: 2, wrapper, head: later.log.head };
		const wraps = all.map((recipient) => ({ ...wrap, recipient }));
		expect(missingWraps(later.log, 'BILLING', 2, [])).toHaveLength(6);
		expect(missingWraps(later.log, 'BILLING', 2, wraps)).toEqual([]);
		expect(missingWraps(later.log, 'BILLING', 2, wraps.slice(1))).toEqual([all[0]]);
		const useless = { early: { head: firm.log.head }, other: { version: 1 }, stranger: { wrapper: await idOf(2) } };
		for (const change of Object.values(useless))
			expect(
				missingWraps(
					later.log,
					'BILLING',
					2,
					wraps.map((each) => ({ ...each, ...change })),
				),
			).toHaveLength(6);
	});

	it('by a code are allowed for devices of its person only', async () => {
		const wrap = { class: 'NOTE', version: 1, wrapper: await idOf(20), head: firm.log.head };
		expect(allowsWrap(firm.log, { ...wrap, recipient: await idOf(10) })).toBe(true);
		expect(allowsWrap(firm.log, { ...wrap, recipient: await idOf(1) })).toBe(false);
	});
});

describe('records, custody and ways', () => {
	it('a lease and the end of a share begin a new generation of what they name, and earlier entries keep theirs', async () => {
		const later = from(firm);
		const lease = {
			device: 'cd'.repeat(32),
			hash: 'cd'.repeat(32),
			lease: rowOf(90),
			records: [recordOf(1), recordOf(2)],
		};
		const [granted, ended] = [firm.log.size, firm.log.size + 1];
		await later.append('lease.grant', lease, 0);
		await later.append('share.end', { records: [recordOf(2)], share: rowOf(90) }, 2);
		const generations = [1, 2, 3].map((row) => generationOf(later.log, 'notes', rowOf(row)));
		expect(generations).toEqual([granted, ended, 0]);
		expect(generationsOf(later.log, 'notes', rowOf(2))).toEqual([0, granted, ended]);
		expect(generationOf(later.log, 'notes', rowOf(2), granted)).toBe(granted);
		expect(generationOf(firm.log, 'notes', rowOf(2))).toBe(0);
		const fork = from(firm);
		await fork.append('member.name', { name: NAME, person: personOf(2) }, 0);
		await fork.append('share.end', { records: [recordOf(1)], share: rowOf(90) }, 2);
		expect(generationsOf(fork.log, 'notes', rowOf(1))).toEqual([0, granted + 1]);
		expect(generationsOf(fork.log, 'notes', rowOf(2))).toEqual([0]);
		expect(generationsOf(later.log, 'notes', rowOf(1))).toEqual([0, granted]);
	});

	it('a share names an entry of its sub-log', async () => {
		const later = from(firm);
		const anchor = { head: 'ef'.repeat(32), log: rowOf(91), records: [recordOf(1)], seq: 4 };
		await later.append('share.begin', anchor, 2);
		const { head, records, seq } = anchor;
		expect(later.log.subLogs.get(rowOf(91))).toEqual([{ by: firm.log.size, head, records, seq }]);
	});

	it('custody is answered for any entry, and PLATFORM for a class that the log does not have', async () => {
		const later = from(firm);
		await later.append('custody.set', { class: 'NOTE', custody: 'BACK' }, 0, 1);
		const at = [firm.log.size - 2, firm.log.size - 1, firm.log.size];
		expect(at.map((seq) => custodyOf(later.log, 'NOTE', seq))).toEqual(['PLATFORM', 'FIRM', 'BACK']);
		expect(custodyOf(later.log, 'NONE')).toBe('PLATFORM');
	});

	it('a code that has added a device is no way of recovery any more', async () => {
		const later = from(firm);
		expect(usableWaysOf(later.log, personOf(0))).toHaveLength(1);
		await later.add(12, 0, 20);
		expect(usableWaysOf(later.log, personOf(0))).toEqual([]);
	});
});

it('a page can ask whether an entry will need an agreement', async () => {
	const { log } = firm;
	const [owner, member] = [personOf(0), personOf(2)];
	expect(needsAgreement(log, 'member.remove', { person: personOf(1) }, owner)).toBe(true);
	expect(needsAgreement(log, 'member.remove', { person: member }, owner)).toBe(false);
	expect(needsAgreement(log, 'member.add', { name: NAME, person: personOf(5) }, owner)).toBe(false);
	expect(needsAgreement(log, 'recovery.set', { person: owner, ways: [] }, owner)).toBe(true);
	const both = await SomeFirm.ids(1, 11);
	expect(needsAgreement(log, 'device.revoke', { devices: both }, owner)).toBe(true);
	expect(needsAgreement(log, 'device.revoke', { devices: both }, personOf(1))).toBe(false);
	expect(needsAgreement(log, 'device.revoke', { devices: both.slice(1) }, owner)).toBe(false);
	const alone = await SomeFirm.begin();
	expect(needsAgreement(alone.log, 'recovery.set', { person: owner, ways: [] }, owner)).toBe(false);
});
