import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock/clock.ts';
import { createRightsProofs } from '../../src/keys/index.ts';
import { FIRM, newDataKeys } from './new-data-keys.ts';

const READERS = 1_000;

/** Calls of the key service, by their purpose. */
const tally = ({ events }: Pick<ReturnType<typeof newDataKeys>, 'events'>) =>
	Object.fromEntries(
		[...Map.groupBy(events, ({ call, class: of }) => `${call} ${of}`)].map(([name, calls]) => [name, calls.length]),
	);

async function withKeys() {
	const made = newDataKeys();
	const other = made.open();
	for (const keyClass of ['NOTE', 'BILLING']) await other.loadSealingKey(FIRM, keyClass, 1);
	made.events.length = 0;
	return made;
}

describe('a thousand concurrent requests for keys of a firm that are not cached', () => {
	it('make one call to the key service for each class', async () => {
		const made = await withKeys();
		const release = made.hold();
		const asked = Array.from({ length: READERS }, () =>
			['NOTE', 'BILLING'].map((keyClass) => made.dataKeys.loadOpeningKey(FIRM, keyClass, 1)),
		).flat();
		release();
		expect(await Promise.all(asked)).toHaveLength(2 * READERS);
		expect(tally(made)).toEqual({ 'unwrap NOTE': 1, 'unwrap BILLING': 1 });
	});

	it('make one call for writing and for reading what is written', async () => {
		const made = await withKeys();
		await Promise.all(
			Array.from({ length: READERS }, (_, index) =>
				index % 2 ? made.dataKeys.loadSealingKey(FIRM, 'NOTE', 1) : made.dataKeys.loadOpeningKey(FIRM, 'NOTE', 1),
			),
		);
		expect(tally(made)).toEqual({ 'unwrap NOTE': 1 });
	});

	it('create a missing key once', async () => {
		const made = newDataKeys();
		await Promise.all(Array.from({ length: READERS }, () => made.dataKeys.loadSealingKey(FIRM, 'NOTE', 1)));
		expect(tally(made)).toEqual({ 'generate NOTE': 1, 'unwrap NOTE': 1 });
	});

	it('make one call to check their rights', async () => {
		const made = newDataKeys();
		const open = () =>
			createRightsProofs({
				keyring: made.keyring,
				store: made.store,
				ttlSeconds: 60,
				clock: systemClock,
				onEvent: (event) => void made.events.push(event),
			});
		const mac = await open().prove(FIRM, ['a']);
		made.events.length = 0;
		const rights = open();
		const held = await Promise.all(Array.from({ length: READERS }, () => rights.verify(FIRM, ['a'], mac)));
		expect(held.every(Boolean)).toBe(true);
		expect(tally(made)).toEqual({ 'unwrap RIGHTS': 1 });
	});

	it('share one failure; a later request makes its own call', async () => {
		const made = await withKeys();
		made.fail(new Error('away'));
		const failed = await Promise.allSettled(
			Array.from({ length: READERS }, () => made.dataKeys.loadOpeningKey(FIRM, 'NOTE', 1)),
		);
		expect(failed.every(({ status }) => status === 'rejected')).toBe(true);
		expect(tally(made)).toEqual({ 'unwrap NOTE': 1 });
		made.fail();
		await made.dataKeys.loadOpeningKey(FIRM, 'NOTE', 1);
		expect(tally(made)).toEqual({ 'unwrap NOTE': 2 });
	});
});
