import { fc, test } from '@fast-check/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import {
	type Agreement,
	devicesOf,
	extendKeyLog,
	type KeyLog,
	type KeyLogBody,
	type KeyLogEntry,
	KeyLogError,
	ownersOf,
	readEntry,
	roleOf,
} from '../../../src/custody/index.ts';
import { scale } from '../../support/scale.ts';
import { bodyOf, numbersOfDevices, type Plan, plan } from './some-entry.ts';
import { COMMITMENT, NAME, personOf, ruleOf, SomeFirm, twoOwners } from './some-firm.ts';

let firm: SomeFirm;
/** Of one OWNER with two devices, 0 and 10, and the code 20. */
let alone: SomeFirm;
let numbers: ReadonlyMap<string, number>;

beforeAll(async () => {
	[firm, alone, numbers] = await Promise.all([twoOwners(), SomeFirm.begin(), numbersOfDevices()]);
	await alone.append('recovery.set', await alone.codeOf(0, 20), 0);
	await alone.add(10, 0, 0);
	await alone.append('key.generate', { class: 'NOTE', commitment: COMMITMENT, version: 1 }, 0);
});

const entriesOf = ({ chain, size }: KeyLog): KeyLogEntry[] =>
	Array.from({ length: size }, (_, seq) => chain.at(seq)?.entry as KeyLogEntry);

/** A thief has device 0, and makes devices: those of the log from number 30 on. */
function signerOf(log: KeyLog, { signer }: Plan): number {
	const held = [...log.devices.values()]
		.filter(({ revoked }) => revoked === null)
		.map(({ id }) => numbers.get(id) as number)
		.filter((number) => number === 0 || number >= 30);
	return held[signer % held.length] ?? 0;
}

/** Whatever the thief can lay hands on: nothing, one from the log, that of an own device, one with another head, a notice. */
async function agreementOf(growing: SomeFirm, each: Plan, body: KeyLogBody): Promise<Agreement | undefined> {
	const { log } = growing;
	const seen = entriesOf(log).flatMap(({ agreement }) => agreement ?? []);
	const old = seen[each.second % seen.length];
	switch (each.second % 5) {
		case 0:
			return undefined;
		case 1:
			return old;
		case 2:
			return growing.agreed(each.kind, body, signerOf(log, { ...each, signer: each.other }));
		case 3:
			return old && 'head' in old ? { ...old, head: log.head, seq: log.size - 1 } : undefined;
		default:
			return { notice: each.second % log.size };
	}
}

async function steal(growing: SomeFirm, plans: readonly Plan[]): Promise<void> {
	for (const each of plans) {
		const signer = signerOf(growing.log, each);
		const body = await bodyOf(growing, each, personOf(0));
		for (const agreement of [undefined, await agreementOf(growing, each, body)])
			await growing.append(each.kind, body, signer, agreement).catch((error: unknown) => {
				if (!(error instanceof KeyLogError)) throw error;
			});
	}
}

/** All that needs two OWNERs. */
const guarded = (log: KeyLog) => ({
	owners: ownersOf(log).sort(),
	ways: ownersOf(log).map((id) => log.people.get(id)?.ways),
	custodies: [...log.classes.values()].map(({ custodies }) => custodies).filter(({ length }) => length > 0),
	retired: [...log.classes.values()].flatMap(({ versions }) => [...versions.values()].filter((each) => each.retired)),
	policy: [log.witnessPolicy, log.trustedReleases],
});

const plans = fc.array(plan, { minLength: 15, maxLength: 40, size: 'max' });

describe('a thief of one device of an OWNER', () => {
	test.prop([plans], { numRuns: scale(100) })(
		'changes neither owners nor codes, custody, keys that are retired, witnesses nor releases of two OWNERs',
		async (all) => {
			const growing = new SomeFirm(firm.log);
			await steal(growing, all);
			expect(guarded(growing.log)).toEqual(guarded(firm.log));
			expect(devicesOf(growing.log, personOf(1)).length).toBeGreaterThan(0);
		},
	);

	test.prop([plans], { numRuns: scale(100) })('does so to a single OWNER by a notice only', async (all) => {
		const growing = new SomeFirm(alone.log);
		await steal(growing, all);
		const added = entriesOf(growing.log).slice(alone.log.size);
		const isByNotice = added.some(({ agreement }) => agreement && 'notice' in agreement);
		if (!isByNotice) expect(guarded(growing.log)).toEqual(guarded(alone.log));
		expect(added.every(({ agreement }) => !agreement || 'notice' in agreement)).toBe(true);
	});

	it('loses the notice once another device of the person signs anything, and all devices once the code adds one', async () => {
		const other = new SomeFirm(alone.log);
		const body = { person: personOf(0), ways: [] };
		await other.append('notice', { body, kind: 'recovery.set' }, 0);
		const notice = { notice: other.log.size - 1 };
		expect((await other.next('recovery.set', body, 0, notice)).people.get(personOf(0))?.ways).toEqual([]);
		const stopped = new SomeFirm(await other.next('member.add', { name: NAME, person: personOf(4) }, 10));
		expect(await stopped.refusal('recovery.set', body, 0, notice)).toBe('notice-void');
		await other.add(12, 0, 20);
		expect(await other.refusal('recovery.set', body, 0, notice)).toBe('revoked');
		expect(await other.refusal('recovery.set', body, 12, notice)).toBe('notice-void');
	});

	it('cannot put a device into the hands of a member who is then made an OWNER', async () => {
		const other = new SomeFirm(firm.log);
		await other.append('member.add', { name: NAME, person: personOf(3) }, 0);
		await other.add(30, 3, 0);
		await other.add(31, 3, 30);
		const seen = { devices: await SomeFirm.ids(30), person: personOf(3), role: 'OWNER' } as const;
		expect(await other.refusal('member.role', seen, 0, 1)).toBe('role-devices');
		const whole = { ...seen, devices: await SomeFirm.ids(30, 31) };
		const agreement = await other.agreed('member.role', whole, 1);
		await other.add(32, 3, 30);
		expect(await other.refusal('member.role', whole, 0, agreement)).toBe('role-devices');
	});

	it('cannot change what the second OWNER agreed to, nor use it after that OWNER signed something else', async () => {
		const body = { class: 'NOTE', custody: 'BACK' } as const;
		const agreement = await firm.agreed('custody.set', body, 1);
		expect(await firm.refusal('custody.set', { class: 'NOTE', custody: 'BACK' }, 0, agreement)).toBe('allowed');
		expect(await firm.refusal('witness.policy', { policy: '' }, 0, agreement)).toBe('agreement-signature');
		expect(await firm.refusal('custody.set', body, 11, agreement)).toBe('agreement-device');
		const later = new SomeFirm(await firm.next('member.name', { name: NAME, person: personOf(2) }, 1));
		expect(await later.refusal('custody.set', body, 0, agreement)).toBe('agreement-void');
		const moved = { ...agreement, head: later.log.head, seq: later.log.size - 1 };
		expect(await later.refusal('custody.set', body, 0, moved)).toBe('agreement-signature');
	});

	it('cannot carry an entry, a statement or an agreement into another log of the firm', async () => {
		const other = await SomeFirm.begin('other.example');
		await other.append('recovery.set', await other.codeOf(0, 20), 0);
		const read = await readEntry(await other.text('member.add', { name: NAME, person: personOf(3) }, 0));
		expect(await ruleOf(extendKeyLog(alone.log, read))).toBe('order');
		const foreign = { device: await other.statement(33, 0), person: personOf(0) };
		expect(await alone.refusal('device.add', foreign, 0)).toBe('statement');
		const agreement = await other.agreed('witness.policy', { policy: '' }, 20);
		expect(await other.refusal('witness.policy', { policy: '' }, 0, agreement)).toBe('allowed');
		expect(await alone.refusal('witness.policy', { policy: '' }, 0, agreement)).toBe('agreement-head');
		const moved = { ...agreement, head: alone.log.head, seq: alone.log.size - 1 };
		expect(await alone.refusal('witness.policy', { policy: '' }, 0, moved)).toBe('agreement-signature');
	});
});

it('a member makes neither owners nor classes, and adds no one', async () => {
	expect(roleOf(firm.log, personOf(2))).toBe('MEMBER');
	const devices = await SomeFirm.ids(2);
	expect(await firm.refusal('member.role', { devices, person: personOf(2), role: 'OWNER' }, 2, 1)).toBe('owner');
	const key = { class: 'OTHER', commitment: COMMITMENT, version: 1 };
	expect(await firm.refusal('key.generate', key, 2)).toBe('owner');
	expect(await firm.refusal('key.generate', { ...key, class: 'NOTE', version: 3 }, 2)).toBe('version');
	expect(await firm.refusal('member.add', { name: NAME, person: personOf(3) }, 2)).toBe('owner');
});
