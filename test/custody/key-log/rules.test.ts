import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { extendKeyLog, inWords, KEY_LOG_RULES, KeyLogError, readEntry } from '../../../src/custody/index.ts';
import { COMMITMENT, NAME, personOf, recordOf, rowOf, ruleOf, SomeFirm, twoOwners } from './some-firm.ts';

let firm: SomeFirm;
/** Of one OWNER, with the code 20. */
let alone: SomeFirm;

beforeAll(async () => {
	firm = await twoOwners();
	alone = await SomeFirm.begin();
	await alone.append('recovery.set', await alone.codeOf(0, 20), 0);
	await alone.append('key.generate', { class: 'NOTE', commitment: COMMITMENT, version: 1 }, 0);
});

/** From `log` on, without changing it for the next test. */
const from = ({ log }: SomeFirm): SomeFirm => new SomeFirm(log);

const HASH = 'cd'.repeat(32);
const lease = (number: number) => ({ device: HASH, hash: HASH, lease: rowOf(number), records: [recordOf(1)] });

/** Attacks on rules that no vector of test/vectors/custody-v1.json attacks. */
const ATTACKS: Record<string, () => Promise<string>> = {
	length: () => ruleOf(readEntry('x'.repeat(65_537))),
	'length of characters with more bytes than one': () => ruleOf(readEntry('ä'.repeat(32_769))),
	'person-limit': async () => {
		const people = new Map(firm.log.people);
		for (let number = 3; number < 1_000; number++) people.set(personOf(number), people.get(personOf(2)) as never);
		const crowded = new SomeFirm({ ...firm.log, people });
		expect(people.size).toBe(1_000);
		return crowded.refusal('member.add', { name: NAME, person: personOf(1_000) }, 0);
	},
	'role-same': async () => {
		const devices = await SomeFirm.ids(1, 11);
		return firm.refusal('member.role', { devices, person: personOf(1), role: 'OWNER' }, 0, 1);
	},
	'role-devices for someone without a device': async () => {
		const other = from(firm);
		await other.append('member.add', { name: NAME, person: personOf(3) }, 0);
		return other.refusal('member.role', { devices: [], person: personOf(3), role: 'OWNER' }, 0, 1);
	},
	'class-unknown of a share': () => {
		const body = { head: HASH, log: rowOf(9), records: [recordOf(1, 'UNUSED')], seq: 0 };
		return firm.refusal('share.begin', body, 0);
	},
	'class-unknown of a lease': () => firm.refusal('lease.grant', { ...lease(1), records: [recordOf(1, 'UNUSED')] }, 0),
	'lease-again': async () => {
		const other = from(firm);
		await other.append('lease.grant', lease(1), 0);
		return other.refusal('lease.grant', { ...lease(1), records: [recordOf(2)] }, 1);
	},
	'version-unknown of a retired one': async () => {
		const other = from(firm);
		await other.append('key.generate', { class: 'NOTE', commitment: COMMITMENT, version: 2 }, 0);
		await other.append('key.retire', { class: 'NOTE', version: 1 }, 0, 1);
		return other.refusal('key.retire', { class: 'NOTE', version: 1 }, 0, 1);
	},
	'last-device of someone whose code was used': async () => {
		const other = from(firm);
		await other.add(12, 1, 21);
		return other.refusal('device.revoke', { devices: await SomeFirm.ids(12) }, 12, 0);
	},
	'custody-ways if a code was used': async () => {
		const other = from(firm);
		await other.add(12, 1, 21);
		await other.append('key.generate', { class: 'BILLING', commitment: COMMITMENT, version: 2 }, 0);
		return other.refusal('custody.set', { class: 'BILLING', custody: 'FIRM' }, 0, 12);
	},
	'agreement-device of a recovery key of someone else': () =>
		alone.refusal('custody.set', { class: 'NOTE', custody: 'MOVING' }, 0, 21),
	'agreement-device of a notice in a log of two owners': async () => {
		const other = from(alone);
		const body = { class: 'NOTE', custody: 'MOVING' } as const;
		await other.append('notice', { body, kind: 'custody.set' }, 0);
		const notice = other.log.size - 1;
		await other.append('member.add', { name: NAME, person: personOf(1) }, 0);
		await other.add(1, 1, 0);
		await other.add(11, 1, 1);
		await other.append(
			'member.role',
			{ devices: await SomeFirm.ids(1, 11), person: personOf(1), role: 'OWNER' },
			0,
			20,
		);
		return other.refusal('custody.set', body, 0, { notice });
	},
	'agreement-void after a second use': async () => {
		const other = from(firm);
		const agreement = await other.agreed('witness.policy', { policy: 'none' }, 1);
		await other.append('witness.policy', { policy: 'none' }, 0, agreement);
		return other.refusal('witness.policy', { policy: 'none' }, 0, agreement);
	},
	'notice-void after an agreement to something else': async () => {
		const other = from(alone);
		const body = { class: 'NOTE', custody: 'MOVING' } as const;
		await other.append('notice', { body, kind: 'custody.set' }, 0);
		await other.append('witness.policy', { policy: 'none' }, 0, 20);
		return other.refusal('custody.set', body, 0, { notice: other.log.size - 2 });
	},
};

it.each(Object.entries(ATTACKS))('refuses by the rule %s', async (name, attack) => {
	expect(await attack()).toBe(name.split(' ')[0]);
});

it('there is an attack on every rule, here or among the vectors', () => {
	const vectors = readFileSync(new URL('refused-entries.txt', import.meta.url), 'utf8');
	const attacked = vectors.split('\n').map((line) => line.split(': ').at(-1) as string);
	attacked.push(...Object.keys(ATTACKS).map((name) => name.split(' ')[0] as string));
	expect(KEY_LOG_RULES.filter((rule) => !attacked.includes(rule))).toEqual([]);
});

describe('an error', () => {
	it('has the code, the rule, the number of the entry, and a sentence that says what to do', async () => {
		const refused = firm.next('member.add', { name: NAME, person: personOf(5) }, 2);
		await expect(refused).rejects.toMatchObject({
			code: 'FORBIDDEN',
			rule: 'owner',
			seq: firm.log.size,
			message: `Entry ${firm.log.size} of the key log breaks the rule owner.`,
		});
		await expect(inWords(refused)).rejects.toThrow(
			`Entry ${firm.log.size} of the key log is one that only a device of an owner signs. Ask an owner.`,
		);
		await expect(readEntry('{}')).rejects.toMatchObject({ code: 'BAD_USER_INPUT', rule: 'shape', seq: null });
	});

	it('is a CONFLICT only if another entry was appended first', async () => {
		const late = await readEntry(await firm.text('member.add', { name: NAME, person: personOf(5) }, 0));
		const grown = await firm.next('member.add', { name: NAME, person: personOf(6) }, 1);
		await expect(extendKeyLog(grown, late)).rejects.toMatchObject({ code: 'CONFLICT', rule: 'order' });
		const codes = KEY_LOG_RULES.filter((rule) => new KeyLogError(rule, 0).code === 'CONFLICT');
		expect(codes).toEqual(['order']);
	});

	it('contains nothing of the entry', async () => {
		const text = await firm.text('witness.policy', { policy: 'SECRET' }, 0);
		const error: unknown = await readEntry(text)
			.then((read) => extendKeyLog(firm.log, read))
			.catch((thrown: unknown) => thrown);
		expect(error).toBeInstanceOf(KeyLogError);
		expect(String((error as Error).message)).not.toContain('SECRET');
	});
});

it('a body that is nested deeply is refused without a stack', async () => {
	const text = await firm.text('witness.policy', { policy: 'x' }, 0);
	const deep = text.replace('{"policy":"x"}', `{"policy":${'['.repeat(32_000)}${']'.repeat(32_000)}}`);
	expect(await ruleOf(readEntry(deep))).toBe('shape');
});

it('keys of prototypes are neither kinds nor bodies', async () => {
	const text = await firm.text('witness.policy', { policy: 'x' }, 0);
	for (const kind of ['constructor', '__proto__', 'toString'])
		expect(await ruleOf(readEntry(text.replace('witness.policy', kind)))).toBe('shape');
	expect(await ruleOf(readEntry(text.replace('{"policy":"x"}', '{"__proto__":{},"policy":"x"}')))).toBe('shape');
});
