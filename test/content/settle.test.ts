import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { draftEntry, type EntryDraft, encodeLeaf, systemEntry } from '../../src/audit/index.ts';
import { keyEventAct } from '../../src/content/index.ts';
import {
	BODY,
	FIRM,
	memberDecision,
	operatorDecision,
	rowId,
	sealedText,
	TAGS,
	TITLE,
	termsOf,
	workbench,
} from './workbench.ts';

const NOTE_FIELDS = [TITLE, BODY, TAGS] as const;

/** Requested values in the order of the resolvers: row, field, and whether the stored value is intact. */
const asked = fc.array(
	fc.record({
		row: fc.integer({ min: 0, max: 15 }),
		field: fc.constantFrom(...NOTE_FIELDS),
		state: fc.constantFrom('whole', 'whole', 'whole', 'null', 'damaged'),
	}),
	{ maxLength: 60 },
);

const pair = (row: string, coordinate: string) => `${row} ${coordinate}`;
const pairsOf = (drafts: readonly EntryDraft[]) =>
	drafts.flatMap(({ records, coordinates }) =>
		[...new Set(records)].flatMap((row) => coordinates.map((name) => pair(row, name))),
	);

describe('the log entries of a request', () => {
	it.prop([asked])('list exactly the values that were opened, each once, in the fewest groups', async (openings) => {
		const { content, load, drafts } = workbench();
		await load(FIRM, 'NOTE');
		const session = content.begin(termsOf(memberDecision()));
		const opened = new Set<string>();
		const failed = new Set<string>();
		for (const { row, field, state } of openings) {
			const id = rowId(row);
			const sealed = { whole: sealedText(field, id, 'x'), null: null, damaged: sealedText(field, rowId(999), 'x') }[
				state
			];
			try {
				if (content.openValue(session, field, { firm: FIRM, id }, sealed) !== null)
					opened.add(pair(id, field.coordinate));
			} catch {}
			if (state === 'damaged') failed.add(pair(id, field.coordinate));
		}
		await content.settle(session);
		const opens = drafts.filter(({ action }) => action === 'content.open');
		const recorded = pairsOf(opens);
		expect(recorded.toSorted()).toEqual([...opened].toSorted());
		expect(new Set(pairsOf(drafts.filter(({ action }) => action === 'content.fail')))).toEqual(failed);

		const coordinatesOf = Map.groupBy(opened, (each) => each.split(' ')[0]);
		const kinds = new Set(
			[...coordinatesOf.values()].map((pairs) =>
				pairs
					.map((each) => each.split(' ')[1])
					.toSorted()
					.join(),
			),
		);
		expect(opens).toHaveLength(kinds.size);
	});

	it.prop([
		fc.array(
			fc.record({
				firm: fc.constantFrom(rowId(1), rowId(2)),
				field: fc.constantFrom(...NOTE_FIELDS),
				id: fc.constantFrom(rowId(8), rowId(9)),
			}),
			{ maxLength: 40 },
		),
	])('count the objects with a withheld value by firm and coordinate, as the response does', async (askings) => {
		const { content, drafts } = workbench();
		const session = content.begin(termsOf(operatorDecision()));
		for (const { firm, field, id } of askings) content.openValue(session, field, { firm, id }, undefined);
		const withheld = content.withheld(session);
		await content.settle(session);
		const expected = Map.groupBy(askings, ({ firm }) => firm);
		expect(drafts).toHaveLength(expected.size);
		for (const { firm, counts, coordinates, reason } of drafts) {
			const ofFirm = Map.groupBy(expected.get(firm ?? '') ?? [], ({ field }) => field.coordinate);
			expect(counts).toEqual(
				Object.fromEntries([...ofFirm].map(([name, all]) => [name, new Set(all.map(({ id }) => id)).size])),
			);
			expect([reason, new Set(coordinates)]).toEqual(['NO_LEASE', new Set(ofFirm.keys())]);
		}
		const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
		const objects = new Set(askings.map(({ firm, field, id }) => `${firm} ${field.coordinate} ${id}`));
		expect(sum(withheld.map(({ count }) => count))).toBe(objects.size);
	});

	it.each([
		['as many rows, one of them the same', [1, 2], [1, 3]],
		['as many rows, none of them the same', [1, 2], [3, 4]],
		['more rows with a common prefix', [1, 2], [1, 2, 3]],
		['fewer rows with a common prefix', [1, 2, 3], [1, 2]],
		['the same rows in another order', [1, 2], [2, 1]],
	])('distinguish two fields that were opened on %s', async (_, titles, bodies) => {
		const { content, load, drafts } = workbench();
		await load(FIRM, 'NOTE');
		const session = content.begin(termsOf(memberDecision()));
		for (const [field, rows] of [
			[TITLE, titles],
			[BODY, bodies],
		] as const)
			for (const n of rows)
				content.openValue(session, field, { firm: FIRM, id: rowId(n) }, sealedText(field, rowId(n), 'x'));
		await content.settle(session);
		expect(pairsOf(drafts).toSorted()).toEqual(
			[
				...titles.map((n) => pair(rowId(n), TITLE.coordinate)),
				...bodies.map((n) => pair(rowId(n), BODY.coordinate)),
			].toSorted(),
		);
	});

	it('name each key once, with its first source', async () => {
		const { content, drafts } = workbench();
		const session = content.begin(termsOf(memberDecision()));
		for (const n of [1, 2])
			await content.openValue(session, TITLE, { firm: FIRM, id: rowId(n) }, sealedText(TITLE, rowId(n), 'x'));
		await content.openValue(session, TITLE, { firm: FIRM, id: rowId(3) }, sealedText(TITLE, rowId(3), 'x', FIRM, 7));
		const second = content.begin(termsOf(memberDecision()));
		content.openValue(second, TITLE, { firm: FIRM, id: rowId(1) }, sealedText(TITLE, rowId(1), 'x'));
		await content.settle(session);
		await content.settle(second);
		expect(drafts.map(({ keys }) => keys)).toEqual([
			[
				{ class: 'NOTE', version: 1, source: 'KEYRING', requestId: 'request-1' },
				{ class: 'NOTE', version: 7, source: 'KEYRING', requestId: 'request-7' },
			],
			[{ class: 'NOTE', version: 1, source: 'CACHE', requestId: null }],
		]);
	});

	it('name the record, the fields and the request of a change', async () => {
		const { content, drafts } = workbench();
		const session = content.begin(termsOf(memberDecision()));
		for (const action of ['content.create', 'content.update', 'content.delete'] as const)
			await content.record(session, {
				action,
				records: [rowId(1)],
				coordinates: [TITLE.coordinate, BODY.coordinate],
			});
		expect(drafts.map(({ action, coordinates, records, firm }) => [action, coordinates, records, firm])).toEqual(
			['create', 'update', 'delete'].map((what) => [`content.${what}`, ['Note.title', 'Note.body'], [rowId(1)], FIRM]),
		);
	});

	it('are not written for a request that touched no content', async () => {
		const { content, drafts, failLog } = workbench();
		failLog(new Error('asked'));
		await content.settle(content.begin(termsOf(memberDecision())));
		expect(drafts).toEqual([]);
	});
});

describe('a keyring call', () => {
	const stamp = {
		v: 1,
		id: rowId(1).replace('-9000-', '-8000-'),
		boot: rowId(2),
		sequence: 1,
		at: '2026-01-01T00:00:00.000Z',
	} as const;
	it.each(['generate', 'unwrap'] as const)('%s is recorded as the format prescribes, whatever its outcome', (call) => {
		const event = { call, firm: FIRM, class: 'NOTE', version: 3 };
		for (const outcome of ['AWAY', 'THROTTLED', 'REFUSED'] as const) {
			for (const requestId of [null, 'r-2']) {
				const draft = systemEntry('firm', keyEventAct({ ...event, outcome, requestId }));
				expect(encodeLeaf({ ...draft, ...stamp })).toContain(`"reason":"${outcome}"`);
				expect(draft).toMatchObject({
					decision: 'FAILED',
					keys: [{ class: 'NOTE', version: 3, source: 'KEYRING', requestId }],
				});
			}
		}
		const draft = draftEntry(
			{ actor: { kind: 'system', user: null, roles: [] }, plane: 'operator' },
			keyEventAct({ ...event, outcome: 'ok', keyId: 'k', requestId: 'r-1' }),
		);
		expect(encodeLeaf({ ...draft, ...stamp })).toContain(`"action":"key.${call}"`);
		expect(draft).toMatchObject({ decision: 'ALLOWED', reason: null, keys: [{ requestId: 'r-1' }] });
	});
});
