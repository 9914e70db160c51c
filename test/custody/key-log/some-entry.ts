import { fc } from '@fast-check/vitest';
import type { DeviceKind, DeviceStatement, KeyLog, KeyLogBody, KeyLogKind } from '../../../src/custody/index.ts';
import { COMMITMENT, deviceOf, NAME, personOf, recordOf, rowOf, type SomeFirm } from './some-firm.ts';

/** How many devices the tests may add, with numbers from 30 on, so that their keys are made once. */
const DEVICES = 24;
const PEOPLE = 5;
const CLASSES = ['NOTE', 'BILLING', 'TASK'];
/** Two that are allowed, if there are two, and one that is not. */
const STEPS = {
	PLATFORM: ['MOVING', 'FIRM', 'BACK'],
	MOVING: ['FIRM', 'PLATFORM', 'BACK'],
	FIRM: ['BACK', 'BACK', 'PLATFORM'],
	BACK: ['PLATFORM', 'MOVING', 'FIRM'],
} as const;

const KINDS = [
	'custody.set',
	'device.add',
	'device.revoke',
	'key.generate',
	'key.retire',
	'lease.grant',
	'member.add',
	'member.remove',
	'member.role',
	'notice',
	'recovery.set',
	'roles.classes',
	'share.end',
	'witness.policy',
] as const satisfies readonly KeyLogKind[];

/** What random numbers make an entry of, once it is known which log it follows. */
export interface Plan {
	readonly kind: (typeof KINDS)[number];
	/** Chooses the device that signs. */
	readonly signer: number;
	/** Chooses the one that agrees. */
	readonly second: number;
	/** Chooses people, classes and devices of the body. */
	readonly one: number;
	readonly other: number;
}

export const plan: fc.Arbitrary<Plan> = fc.record({
	kind: fc.constantFrom(...KINDS),
	signer: fc.nat(999),
	second: fc.nat(999),
	one: fc.nat(999),
	other: fc.nat(999),
});

/** A body of the kind, which the log may refuse. `own` is the person who signs, whom half of the bodies concern. */
export async function bodyOf(firm: SomeFirm, { kind, one, other }: Plan, own: string): Promise<KeyLogBody> {
	const { log } = firm;
	const isOwn = kind === 'recovery.set' || (kind === 'device.add' && one % 2 === 0);
	const person = isOwn ? Number(own.slice(-12)) : one % PEOPLE;
	const id = personOf(person);
	const name = CLASSES[one % CLASSES.length] as string;
	const active = activeOf(log, id);
	switch (kind) {
		case 'custody.set':
			return { class: name, custody: STEPS[log.classes.get(name)?.custody ?? 'PLATFORM'][other % 3] as 'FIRM' };
		case 'device.add':
			return { device: await statementOf(firm, other, person, 'DEVICE'), person: id };
		case 'device.revoke':
			return { devices: other % 3 === 0 ? active : active.slice(0, 1) };
		case 'key.generate':
			return { class: name, commitment: COMMITMENT, version: newest(log, name) + 1 + Number(other % 5 === 0) };
		case 'key.retire':
			return { class: name, version: Math.max(1, newest(log, name) - (other % 3)) };
		case 'lease.grant': {
			const hash = 'cd'.repeat(32);
			return { device: hash, hash, lease: rowOf(one * 1_000 + other), records: [recordOf(other % 4, name)] };
		}
		case 'share.end':
			return { records: [recordOf(other % 4, name)], share: rowOf(500) };
		case 'member.add':
			return { name: NAME, person: id };
		case 'member.remove':
			return { person: id };
		case 'member.role':
			return other % 2 === 0 ? { devices: active, person: id, role: 'OWNER' } : { person: id, role: 'MEMBER' };
		case 'notice':
			return { body: { class: name, custody: 'MOVING' }, kind: 'custody.set' };
		case 'recovery.set':
			return { person: id, ways: await waysOf(firm, person, other) };
		case 'roles.classes':
			return { MEMBER: CLASSES.filter((_, at) => other % 2 === 0 || (other >> at) % 2 === 1).sort() };
		case 'witness.policy':
			return { policy: String(other) };
	}
}

const statementOf = (firm: SomeFirm, device: number, person: number, kind: DeviceKind): Promise<DeviceStatement> =>
	firm.statement(30 + (device % DEVICES), person, kind);

async function waysOf(firm: SomeFirm, person: number, device: number): Promise<KeyLogBody<'recovery.set'>['ways']> {
	const statement = await statementOf(firm, device, person, 'RECOVERY');
	const holders = [...firm.log.people].filter(([id, { role }]) => role === 'OWNER' && id !== personOf(person));
	const code = { device: statement, way: 'CODE' } as const;
	if (holders.length < 2 || device % 2 === 0) return device % 7 === 0 ? [] : [code];
	return [{ device: statement, holders: holders.map(([id]) => id).sort(), k: 2, way: 'OWNERS' }];
}

/** The ids of the active devices of a person, ascending. Read from the log's own map, not through what is tested. */
const activeOf = (log: KeyLog, person: string): string[] =>
	[...log.devices.values()]
		.filter((device) => device.person === person && device.kind === 'DEVICE' && device.revoked === null)
		.map(({ id }) => id)
		.sort();

const newest = (log: KeyLog, name: string): number => Math.max(0, ...(log.classes.get(name)?.versions.keys() ?? []));

/** The numbers of all devices that may stand in a log of these tests, by id. */
export async function numbersOfDevices(): Promise<ReadonlyMap<string, number>> {
	const numbers = [0, 1, 2, 10, 11, 20, 21, ...Array.from({ length: DEVICES }, (_, at) => 30 + at)];
	return new Map(await Promise.all(numbers.map(async (number) => [(await deviceOf(number)).id, number] as const)));
}
