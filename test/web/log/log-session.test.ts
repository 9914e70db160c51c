import { test } from '@fast-check/vitest';
import { array, integer, nat } from 'fast-check';
import { expect, it } from 'vitest';
import { LogAlarm } from '../../../web/kit/log/alarm.ts';
import type { ShownLease } from '../../../web/kit/log/compare-lease.ts';
import { NEW_KEY, ORIGIN } from '../../audit/verify/bundle-cases.ts';
import { FIRM, OTHER_FIRM, TestLog } from '../../audit/verify/write-log.ts';
import { scale } from '../../support/scale.ts';
import { CREATED, entryAt, LEASE, logOf, MemoryStore, OPERATOR, offerOf, RECORD, visit } from './visits.ts';

const entries = (count: number): string[] => Array.from({ length: count }, (_, at) => entryAt(at));
const alarm = (kind: string) => expect.objectContaining({ name: 'LogAlarm', kind });

/** What the page shows of the lease, if it shows all that the log has. */
function shownOf(leaves: readonly string[], changes: Partial<ShownLease> = {}): ShownLease {
	const logged = leaves.map((leaf) => JSON.parse(leaf)).filter(({ lease }) => lease === LEASE);
	const openings = logged
		.filter(({ action }) => action === 'content.open')
		.map(({ id, at, request, coordinates }) => ({ id, at, requestId: request, coordinates, recordIds: [RECORD] }));
	const steps = logged
		.filter(({ action }) => action === 'lease.approve')
		.map(({ action, actor, hash, at }) => ({ action, actor: actor.user, hash, at }));
	return { id: LEASE, steps, openings, openingCount: openings.length, isWhole: true, ...changes };
}

test.prop(
	[
		integer({ min: 1, max: 40 }),
		array(nat(40), { maxLength: 4 }),
		array(nat(40), { maxLength: 4 }),
		integer({ min: 1, max: 9 }),
	],
	{
		numRuns: scale(200, 10),
	},
)('says the same of a log whatever visits it is read in', async (size, sizes, stops, page) => {
	const leaves = entries(size);
	const once = await visit(new MemoryStore(), logOf(leaves));
	const store = new MemoryStore();
	for (const [at, part] of sizes.toSorted((one, other) => one - other).entries())
		await visit(store, logOf(leaves.slice(0, Math.min(part, size))), { page, until: stops[at] ?? 40 });
	const last = await visit(store, logOf(leaves), { page });
	expect(last.summary()?.entries).toEqual(once.summary()?.entries);
	expect(last.summary()?.head).toEqual(once.summary()?.head);
	expect(last.compare(shownOf(leaves), size)).toEqual(once.compare(shownOf(leaves), size));
	expect(last.compare(shownOf(leaves), size)).toMatchObject({ isRight: true, isComplete: true });
});

type Tamper = (leaves: string[], at: number) => string[];
const TAMPERING: Readonly<Record<string, Tamper>> = {
	'a changed entry': (leaves, at) => leaves.with(at, entryAt(at, { at: '2026-11-24T15:59:59.000Z' })),
	'a removed entry': (leaves, at) => leaves.toSpliced(at, 1),
	'a removed entry, with another at the end': (leaves, at) => [...leaves.toSpliced(at, 1), entryAt(leaves.length)],
	'an added entry': (leaves, at) => leaves.toSpliced(at, 0, entryAt(99)),
	'two entries in another order': (leaves, at) => leaves.with(at, leaves[at - 1] ?? '').with(at - 1, leaves[at] ?? ''),
};

for (const [name, tamper] of Object.entries(TAMPERING)) {
	test.prop([integer({ min: 2, max: 30 }), nat(), nat(30), nat(30)], { numRuns: scale(100, 5) })(
		`finds ${name} among the entries that it reads, whatever it has read before`,
		async (size, place, first, until) => {
			const store = new MemoryStore();
			const known = Math.min(first, size - 1);
			if (known > 0) await visit(store, logOf(entries(known)), { until });
			const from = Math.max(1, (store.kept?.begun ?? store.kept?.verified)?.size ?? 0);
			const log = logOf(entries(size));
			const wrong = tamper(entries(size), from + (place % (size - from)));
			const before = structuredClone(store.kept?.verified ?? null);
			await expect(visit(store, log, { leaves: wrong })).rejects.toEqual(alarm('LEAVES'));
			// What was proven before stays, and the true entries are still accepted.
			expect(store.kept?.verified ?? null).toEqual(before);
			await visit(store, log);
			expect(store.kept?.alarms).toHaveLength(1);
		},
	);

	test.prop([integer({ min: 2, max: 30 }), nat(), nat(9)], { numRuns: scale(100, 5) })(
		`refuses a log that was signed again with ${name} among those that it has seen`,
		async (size, place, more) => {
			const store = new MemoryStore();
			await visit(store, logOf(entries(size)));
			const before = structuredClone(store.kept);
			const forged = [...tamper(entries(size), 1 + (place % (size - 1))), ...entries(size + more).slice(size)];
			await expect(visit(store, logOf(forged))).rejects.toEqual(alarm(forged.length < size ? 'SHORTER' : 'FORK'));
			expect(store.kept).toEqual({ ...before, alarms: [expect.objectContaining({ at: CREATED })] });
		},
	);
}

it('goes on where an earlier visit was left', async () => {
	const store = new MemoryStore();
	await visit(store, logOf(entries(30)), { until: 14 });
	const session = await visit(store, logOf(entries(30)), { until: 0 });
	expect(await session.begin()).toBe(30);
	expect((await session.accept(offerOf(logOf(entries(30)), 30), false)).from).toBe(14);
});

it('reads again what an earlier visit has read wrong, and accepts the true entries', async () => {
	const store = new MemoryStore();
	const wrong = entries(30).with(3, entryAt(99));
	await visit(store, logOf(entries(30)), { leaves: wrong, until: 14 });
	const session = await visit(store, logOf(entries(30)));
	expect(session.summary()?.entries?.size).toBe(30);
});

it('refuses a key that it does not know, and takes it once its person has compared it', async () => {
	const store = new MemoryStore();
	await visit(store, logOf(entries(5)));
	const rotated = logOf(entries(8), NEW_KEY);
	await expect(visit(store, rotated)).rejects.toEqual(alarm('OTHER_KEY'));
	expect(store.kept?.vkeys).toEqual([logOf([]).vkey(ORIGIN)]);
	await visit(store, rotated, { trustsOffered: true });
	expect(store.kept?.vkeys).toEqual([rotated.vkey(ORIGIN)]);
	// Not even a trusted key makes another log of what was seen.
	const forged = logOf(entries(9).with(2, entryAt(99)), NEW_KEY);
	await expect(visit(store, forged, { trustsOffered: true })).rejects.toEqual(alarm('FORK'));
});

it('refuses a note with a false signature, also if its person would trust another key', async () => {
	const store = new MemoryStore();
	await visit(store, logOf(entries(5)));
	const offer = offerOf(logOf(entries(6)), 5);
	const note = offer.checkpoint.note.replace('\n6\n', '\n7\n');
	for (const trustsOffered of [false, true])
		await expect(
			visit(store, logOf(entries(6)), { offer: { checkpoint: { ...offer.checkpoint, note } }, trustsOffered }),
		).rejects.toEqual(alarm('SIGNATURE'));
});

it.each([
	['of another firm', () => ({ log: OTHER_FIRM, kind: 'OTHER_TREE' })],
	['of the installation', () => ({ log: null, kind: 'OTHER_TREE' })],
])('refuses the log %s', async (_name, of) => {
	const { log: firm, kind } = of();
	const log = new TestLog();
	log.append(firm, 3);
	const note = log.publish(firm);
	const { root } = log.footer(firm);
	const origin = note.split('\n', 1)[0] as string;
	const checkpoint = {
		size: 3,
		note,
		createdAt: CREATED,
		rootInclusion: { index: root.index, hashes: root.proof, note: root.checkpoint },
	};
	await expect(
		visit(new MemoryStore(), logOf(entries(3)), { offer: { vkeys: [log.vkey(origin)], checkpoint } }),
	).rejects.toEqual(alarm(kind));
});

it('refuses a state that the tree of all firms does not have', async () => {
	const offer = offerOf(logOf(entries(3)), null);
	const other = offerOf(logOf(entries(4)), null);
	for (const rootInclusion of [null, other.checkpoint.rootInclusion])
		await expect(
			visit(new MemoryStore(), logOf(entries(3)), { offer: { checkpoint: { ...offer.checkpoint, rootInclusion } } }),
		).rejects.toEqual(alarm('NOT_IN_ROOT'));
});

it('counts an opening by the platform without a lease, and an entry that no program writes', async () => {
	const leaves = [entryAt(0), entryAt(1, { lease: null }), entryAt(2, { firm: OTHER_FIRM }), '{"not":"an entry"}'];
	const session = await visit(new MemoryStore(), logOf(leaves));
	expect(session.summary()?.entries).toMatchObject({ withoutLease: [1], flaws: [{ index: 2 }, { index: 3 }] });
});

it.each<[string, (shown: ShownLease) => Partial<ShownLease>, object]>([
	['an opening is left out', ({ openings }) => ({ openings: openings.slice(1) }), { openingsNotShown: 1 }],
	[
		'an opening is not counted',
		({ openings }) => ({ openings: [], isWhole: false, openingCount: openings.length - 1 }),
		{ openingsNotShown: 1 },
	],
	[
		'an opening stands twice for another',
		({ openings }) => ({ openings: openings.with(0, openings[1] as never) }),
		{ openingsNotShown: 1, notInLog: [expect.any(String)] },
	],
	[
		'an opening has another field',
		({ openings }) => ({ openings: openings.map((one) => ({ ...one, coordinates: ['Note.body'] })) }),
		{ notInLog: expect.arrayContaining([expect.any(String)]) },
	],
	['an approval is left out', ({ steps }) => ({ steps: steps.slice(1) }), { stepsNotShown: ['lease.approve'] }],
	[
		'an approval is by another person',
		({ steps }) => ({ steps: steps.map((step) => ({ ...step, actor: FIRM })) }),
		{ stepsNotInLog: expect.arrayContaining(['lease.approve']) },
	],
	[
		'an approval is of another request',
		({ steps }) => ({ steps: steps.map((step) => ({ ...step, hash: 'cd'.repeat(32) })) }),
		{ stepsNotInLog: expect.arrayContaining(['lease.approve']) },
	],
])('sees that on the page %s', async (_name, change, finding) => {
	const leaves = entries(20);
	const session = await visit(new MemoryStore(), logOf(leaves));
	const shown = shownOf(leaves);
	expect(session.compare({ ...shown, ...change(shown) }, 20)).toMatchObject({
		...finding,
		isRight: false,
		isComplete: false,
	});
});

it('says of a page that is not loaded to its end only that what it shows is right', async () => {
	const leaves = entries(20);
	const session = await visit(new MemoryStore(), logOf(leaves));
	const { openings, ...shown } = shownOf(leaves);
	expect(session.compare({ ...shown, openings: openings.slice(0, 2), isWhole: false }, 20)).toMatchObject({
		logged: openings.length,
		isRight: true,
		isComplete: false,
	});
});

it('lets an opening wait that is newer than what was signed, and says so', async () => {
	const leaves = entries(20);
	const session = await visit(new MemoryStore(), logOf(leaves));
	const shown = shownOf(leaves);
	const opening = { ...shown.openings[0], id: OPERATOR, at: CREATED } as never;
	const more = { openings: [...shown.openings, opening], openingCount: shown.openings.length + 1 };
	expect(session.compare({ ...shown, ...more }, 20)).toMatchObject({ waiting: [OPERATOR], isRight: true });
});

it('lets an approval wait that is newer than what was signed, and does not call the story complete', async () => {
	const leaves = entries(20);
	const session = await visit(new MemoryStore(), logOf(leaves));
	const shown = shownOf(leaves);
	const steps = [...shown.steps, { action: 'lease.approve', actor: FIRM, hash: null, at: CREATED }];
	expect(session.compare({ ...shown, steps }, 20)).toMatchObject({
		stepsWaiting: ['lease.approve'],
		isRight: true,
		isComplete: false,
	});
});

it('matches a step that names no one with the one of the log that names a person', async () => {
	const leaves = entries(20);
	const session = await visit(new MemoryStore(), logOf(leaves));
	const shown = shownOf(leaves);
	const steps = shown.steps.map((step) => ({ ...step, actor: null }));
	expect(session.compare({ ...shown, steps }, 20)).toMatchObject({ isRight: true, isComplete: true });
});

it('compares only with exactly what the page has seen verified', async () => {
	const session = await visit(new MemoryStore(), logOf(entries(20)));
	expect(session.compare(shownOf(entries(20)), 19)).toBeNull();
	expect(new LogAlarm('FORK', '')).toBeInstanceOf(Error);
});
