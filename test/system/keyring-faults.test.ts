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
/** Milliseconds after which no key is at hand any more. */
const FORGOTTEN = 300_001;

type Trouble = 'none' | 'AWAY' | 'THROTTLED' | 'silent' | 'half';

/** What the key service does, for both sides; a steady keyring stands before it, as before one of the cloud. */
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
		// The breaker rests for two seconds after the last try.
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
	/** Everything that the two sides need for a while. */
	async function haveKeysAtHand(): Promise<void> {
		await clock.advance(FORGOTTEN);
		expect((await read()).title).toBe('kept');
		expect((await readUnderLease()).title).toBe('kept');
		expect(await write('another')).toBe('written');
	}

	it.each(['AWAY', 'silent'] as const)(
		'that is %s: members continue with cached keys until they expire, and operators stop at once',
		async (trouble) => {
			await haveKeysAtHand();
			state.trouble = trouble;
			const before = await stored();
			expect(await read()).toMatchObject({ title: 'kept' });
			expect(await write('by the key at hand')).toBe('written');
			expect(await readUnderLease()).toEqual({ code: 'KEY_UNAVAILABLE', count: before + 1, title: null });
			await clock.advance(FORGOTTEN);
			expect(await read()).toEqual({ code: 'KEY_UNAVAILABLE', count: before + 1, title: null });
			expect(await write('never written')).toBe('KEY_UNAVAILABLE');
			expect(await stored()).toBe(before + 1);
			const found = await installation.admin`select title from notes where firm_id = ${firm.id}`;
			for (const { title } of found) expect(Buffer.from(title).includes('key at hand')).toBe(false);
		},
	);

	it('that throttles every second call: everyone gets an answer', async () => {
		await clock.advance(FORGOTTEN);
		state.trouble = 'half';
		const answers = await Promise.all(Array.from({ length: 20 }, read));
		for (const answer of answers) expect(answer).toMatchObject({ title: 'kept' });
		expect(await write('while it is busy')).toBe('written');
		expect(await readUnderLease()).toMatchObject({ title: 'kept' });
	});

	it('that throttles all calls: members continue with cached keys, then wait and are refused, and nothing is lost', async () => {
		await haveKeysAtHand();
		state.trouble = 'THROTTLED';
		const before = await stored();
		expect(await read()).toMatchObject({ title: 'kept' });
		expect((await readUnderLease()).code).toBe('KEY_UNAVAILABLE');
		await clock.advance(FORGOTTEN);
		expect(await read()).toEqual({ code: 'KEY_UNAVAILABLE', count: before, title: null });
		expect(await write('never written')).toBe('KEY_UNAVAILABLE');
		expect(await stored()).toBe(before);
		state.trouble = 'none';
		expect(await write('when it is over')).toBe('written');
		expect(await stored()).toBe(before + 1);
	});
});
