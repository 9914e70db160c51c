import { fc, test } from '@fast-check/vitest';
import { beforeAll, describe, expect } from 'vitest';
import {
	custodyOf,
	isEntitled,
	type KeyLog,
	type KeyLogEntry,
	KeyLogError,
	type LogDevice,
	needsAgreement,
	newestVersion,
	readKeyLog,
	writableVersion,
} from '../../../src/custody/index.ts';
import { scale } from '../../support/scale.ts';
import { isEntitledIn, type NaiveState, stateAfter } from './naive-state.ts';
import { bodyOf, numbersOfDevices, type Plan, plan } from './some-entry.ts';
import { SomeFirm, twoOwners } from './some-firm.ts';

const CLASSES = ['NOTE', 'BILLING', 'TASK'];
let firm: SomeFirm;
let alone: SomeFirm;
let numbers: ReadonlyMap<string, number>;

beforeAll(async () => {
	[firm, alone, numbers] = await Promise.all([twoOwners(), SomeFirm.begin(), numbersOfDevices()]);
});

/** Appends what the log allows of the plans; each entry that needs an agreement gets it. Returns how many were refused. */
async function grow(growing: SomeFirm, plans: readonly Plan[]): Promise<number> {
	let refused = 0;
	for (const each of plans) {
		const { log } = growing;
		const signer = signerOf(log, each);
		const body = await bodyOf(growing, each, signer.person);
		const by = needsAgreement(log, each.kind, body, signer.person) ? secondOf(log, signer, each) : undefined;
		await growing.append(each.kind, body, numbers.get(signer.id) as number, by).catch((error: unknown) => {
			if (!(error instanceof KeyLogError)) throw error;
			refused++;
		});
	}
	return refused;
}

/** Mostly a device of an OWNER. */
function signerOf(log: KeyLog, { signer }: Plan): LogDevice {
	const active = [...log.devices.values()].filter(({ revoked }) => revoked === null);
	const owners = active.filter(({ person, kind }) => log.people.get(person)?.role === 'OWNER' && kind === 'DEVICE');
	const from = signer % 4 === 0 || owners.length === 0 ? active : owners;
	return from[signer % from.length] as LogDevice;
}

/** Mostly one that may agree: of another OWNER, or the code of the only one. */
function secondOf(log: KeyLog, signer: LogDevice, { second }: Plan): number | undefined {
	const active = [...log.devices.values()].filter(({ revoked, id }) => revoked === null && id !== signer.id);
	const others = active.filter(({ person, kind }) => person !== signer.person && kind === 'DEVICE');
	const owners = others.filter(({ person }) => log.people.get(person)?.role === 'OWNER');
	const codes = active.filter(({ person, kind }) => person === signer.person && kind === 'RECOVERY');
	const fitting = owners.length > 0 ? owners : codes;
	const from = second % 5 === 0 || fitting.length === 0 ? active : fitting;
	return numbers.get(from[second % from.length]?.id ?? '');
}

const entriesOf = ({ chain, size }: KeyLog): KeyLogEntry[] =>
	Array.from({ length: size }, (_, seq) => chain.at(seq)?.entry as KeyLogEntry);

/** Compares what the log answers about its entry `seq` with the naive state there. */
function expectSame(log: KeyLog, seq: number, naive: NaiveState): void {
	const head = log.chain.at(seq)?.hash as string;
	const found = [...log.devices.keys()].map((id) => CLASSES.map((name) => isEntitled(log, id, name, head)));
	const expected = [...log.devices.keys()].map((id) => CLASSES.map((name) => isEntitledIn(naive, id, name)));
	expect(found).toEqual(expected);
	expect(CLASSES.map((name) => custodyOf(log, name, seq))).toEqual(
		CLASSES.map((name) => naive.custody[name] ?? 'PLATFORM'),
	);
	expect(Object.values(naive.roles)).toContain('OWNER');
}

function expectInvariants(log: KeyLog): void {
	const entries = entriesOf(log);
	const last = stateAfter(entries);
	for (const seq of entries.keys()) expectSame(log, seq, stateAfter(entries.slice(0, seq + 1)));
	for (const name of CLASSES) {
		const version = newestVersion(log, name);
		const states = [...(log.classes.get(name)?.versions ?? [])].map(([number, { stale, retired }]) => {
			const state = retired !== null ? 'retired' : stale !== null ? 'stale' : 'fresh';
			return [`${name} ${number}`, state];
		});
		const expected = Object.entries(last.versions).filter(([key]) => key.startsWith(`${name} `));
		expect(Object.fromEntries(states)).toEqual(Object.fromEntries(expected));
		expect(writableVersion(log, name)).toBe(last.versions[`${name} ${version}`] === 'fresh' ? version : null);
	}
	const codes = [...log.people.values()].flatMap(({ ways }) => ways.map(({ id }) => id)).sort();
	const active = [...log.devices.values()].filter(({ kind, revoked }) => kind === 'RECOVERY' && revoked === null);
	expect(codes).toEqual(active.map(({ id }) => id).sort());
}

describe('any history that the log allows', () => {
	const plans = fc.array(plan, { minLength: 20, maxLength: 60, size: 'max' });

	test.prop([plans, fc.boolean()], { numRuns: scale(120) })(
		'keeps an owner, and answers about each of its entries what the entries up to there say',
		async (all, fromTwo) => {
			const growing = new SomeFirm((fromTwo ? firm : alone).log);
			await grow(growing, all);
			expectInvariants(growing.log);
			const texts = entriesOf(growing.log).map((_, seq) => growing.log.chain.at(seq)?.text as string);
			const again = await readKeyLog(texts);
			expect([again?.head, again?.people, again?.devices, again?.classes]).toEqual([
				growing.log.head,
				growing.log.people,
				growing.log.devices,
				growing.log.classes,
			]);
		},
	);
});
