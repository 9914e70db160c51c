import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { guardKeyring, type Keyring, KeyUnavailableError, resilientKeyring } from '../../src/keys/index.ts';
import type { Ask } from '../support/ask.ts';
import type { Person, TestFirm, TestInstallation } from '../support/installation.ts';
import { activeLease } from '../support/leases.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { steppedClock } from '../support/stepped-clock.ts';
import { until } from './program.ts';

const CREATE_NOTE = 'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }';
const NOTES = 'query ($firm: ID) { notes(firmId: $firm, first: 50) { totalCount nodes { id createdAt title } } }';
/** Milliseconds after which every cached key has expired. */
const EXPIRED = 300_001;

type Trouble = 'none' | 'AWAY' | 'THROTTLED' | 'silent' | 'half';

/** A key service with this fault for both sides, behind the resilient keyring, like a key service of the cloud. */
function troubled(state: { trouble: Trouble; calls: number }) {
	const ask = async <T>(call: () => Promise<T>): Promise<T> => {
		state.calls++;
		if (state.trouble === 'silent') await new Promise(() => {});
		if (state.trouble === 'half' && state.calls % 2) throw new KeyUnavailableError('THROTTLED', 'busy');
		if (state.trouble === 'AWAY' || state.trouble === 'THROTTLED')
			throw new KeyUnavailableError(state.trouble, 'not now');
		return call();
	};
	return (keyring: Keyring, side: 'firm' | 'operator'): Keyring =>
		guardKeyring(
			resilientKeyring(
				{
					...keyring,
					unwrap: (...given) => ask(() => keyring.unwrap(...given)),
					generateDataKey: (context) => ask(() => keyring.generateDataKey(context)),
					describeKey: (firm) => ask(() => keyring.describeKey(firm)),
				},
				{ side },
			),
		);
}

describe('a key service under a fault', () => {
	let installation: TestInstallation;
	let ask: Ask;
	const clock = steppedClock();
	let firm: TestFirm;
	let operator: Person;
	let lease: string;
	const state: { trouble: Trouble; calls: number } = { trouble: 'none', calls: 0 };

	beforeAll(async () => {
		({ installation, north: firm, operator } = await makePopulated(embedded));
		const approver = await installation.addOperator('APPROVER');
		const around = troubled(state);
		const ofFirm = await installation.serve({ FIRMSEAL_PLANE: 'firm' }, { wrapKeyring: around, clock });
		const ofPlatform = await installation.serve({ FIRMSEAL_PLANE: 'operator' }, { wrapKeyring: around });
		ask = (who, ...asked) => (who === operator || who === approver ? ofPlatform : ofFirm).ask(who, ...asked);
		await installation.startBroker();
		await write('kept');
		lease = (await activeLease({ ask, firm, operator, approver })).id;
	});
	afterEach(async () => {
		state.trouble = 'none';
		// The circuit breaker stays open for two seconds after the last call.
		await until(async () => (await read()).title === 'kept');
	});
	afterAll(() => installation?.close());

	const outcomeOf = ({ data, errors }: Awaited<ReturnType<Ask>>) => ({
		code: errors[0]?.extensions.code,
		count: data?.notes?.totalCount,
		title: data?.notes?.nodes.at(-1)?.title,
	});
	const read = async () => outcomeOf(await ask(firm.member, NOTES, { firm: firm.id }));
	const readUnderLease = async () =>
		outcomeOf(await ask(operator, NOTES, { firm: firm.id }, { 'x-firmseal-lease': lease }));
	const write = async (title: string) => {
		const { errors } = await ask(firm.member, CREATE_NOTE, { input: { title } });
		return errors[0]?.extensions.code ?? 'written';
	};
	const stored = async () => (await installation.admin`select id from notes where firm_id = ${firm.id}`).length;
	/** Fills the caches of both sides with fresh keys. */
	async function cacheKeys(): Promise<void> {
		await clock.advance(EXPIRED);
		expect((await read()).title).toBe('kept');
		expect((await readUnderLease()).title).toBe('kept');
		expect(await write('another')).toBe('written');
	}

	it.each(['AWAY', 'silent'] as const)(
		'that is %s lets members continue with cached keys until those expire, and stops operators at once',
		async (trouble) => {
			await cacheKeys();
			state.trouble = trouble;
			const before = await stored();
			expect(await read()).toMatchObject({ title: 'kept' });
			expect(await write('by the cached key')).toBe('written');
			expect(await readUnderLease()).toEqual({ code: 'KEY_UNAVAILABLE', count: before + 1, title: null });
			await clock.advance(EXPIRED);
			expect(await read()).toEqual({ code: 'KEY_UNAVAILABLE', count: before + 1, title: null });
			expect(await write('never written')).toBe('KEY_UNAVAILABLE');
			expect(await stored()).toBe(before + 1);
			const found = await installation.admin`select title from notes where firm_id = ${firm.id}`;
			for (const { title } of found) expect(Buffer.from(title).includes('cached key')).toBe(false);
		},
	);

	it('that throttles every second call still gives everyone an answer', async () => {
		await clock.advance(EXPIRED);
		state.trouble = 'half';
		const answers = await Promise.all(Array.from({ length: 20 }, read));
		for (const answer of answers) expect(answer).toMatchObject({ title: 'kept' });
		expect(await write('while it is busy')).toBe('written');
		expect(await readUnderLease()).toMatchObject({ title: 'kept' });
	});

	it('that throttles all calls lets members continue with cached keys, then refuses them, and loses nothing', async () => {
		await cacheKeys();
		state.trouble = 'THROTTLED';
		const before = await stored();
		expect(await read()).toMatchObject({ title: 'kept' });
		expect((await readUnderLease()).code).toBe('KEY_UNAVAILABLE');
		await clock.advance(EXPIRED);
		expect(await read()).toEqual({ code: 'KEY_UNAVAILABLE', count: before, title: null });
		expect(await write('never written')).toBe('KEY_UNAVAILABLE');
		expect(await stored()).toBe(before);
		state.trouble = 'none';
		expect(await write('when it is over')).toBe('written');
		expect(await stored()).toBe(before + 1);
	});
});
