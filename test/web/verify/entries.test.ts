import { expect, it } from 'vitest';
import { listEntries, PAGE_SIZE } from '../../../web/verify/list-entries.ts';
import { parseEntry } from '../../../web/verify/log-entry.ts';
import { reportAsJson, reportAsText } from '../../../web/verify/report.ts';
import { createSummary } from '../../../web/verify/summary.ts';
import { signedBundle } from '../../audit/verify/bundle-cases.ts';
import { FIRM, leafOf } from '../../audit/verify/write-log.ts';
import { requestFor, verdictOn } from './given.ts';

const LEASE = '01980000-0000-7000-8000-00000000001e';
const USER = '01980000-0000-7000-8000-0000000000b1';
const of = (sequence: number, action: string, more: object = {}) =>
	leafOf(FIRM, sequence, { action, decision: 'ALLOWED', reason: null, ...more });
const person = { actor: { kind: 'operator', user: USER, roles: ['OPERATOR'] } };
const STORY = signedBundle([
	of(1, 'lease.request', { lease: LEASE, ...person }),
	of(2, 'content.open', { coordinates: ['Note.title'], records: ['AAAAAAAAAAAAAAAAAAAAAA'] }),
	of(3, 'lease.start', { lease: LEASE, plane: 'broker' }),
	of(4, 'lease.end<script>', { lease: LEASE, ...person }),
]);
const ANY = { action: '', lease: '', person: '' };
const list = (bundle: string, filter: object = {}, from = 0) =>
	listEntries(requestFor(bundle), { ...ANY, ...filter }, from, () => {});

it('counts entries by action, lease and person', async () => {
	const { summary } = await verdictOn(STORY);
	expect(summary?.actions.map(([action]) => action)).toEqual([
		'lease.request',
		'content.open',
		'lease.start',
		'lease.end<script>',
	]);
	expect(summary?.leases).toEqual([
		{
			id: LEASE,
			entries: 3,
			first: '2026-11-24T15:00:01.000Z',
			last: '2026-11-24T15:00:04.000Z',
			lastAction: 'lease.end<script>',
		},
	]);
	expect(summary?.people).toMatchObject([{ id: USER, entries: 2 }]);
});

it('counts no more names than it can hold, and says so', () => {
	const summary = createSummary();
	for (let at = 0; at < 2_010; at++) summary.add(leafOf(FIRM, at + 1, { action: `a.${at}` }), at);
	expect([summary.end().actions.length, summary.end().isCut]).toEqual([2_000, true]);
});

it('lists the story of a lease, the entries of a person and those of an action', async () => {
	const lines = async (filter: object) => (await list(STORY, filter))?.entries.map(({ line }) => line);
	expect(await lines({})).toEqual([2, 3, 4, 5]);
	expect(await lines({ lease: LEASE })).toEqual([2, 4, 5]);
	expect(await lines({ person: USER })).toEqual([2, 5]);
	expect(await lines({ person: USER, action: 'lease.request' })).toEqual([2]);
	expect(await lines({ action: 'lease' })).toEqual([]);
});

it('lists page by page', async () => {
	const bundle = signedBundle(Array.from({ length: PAGE_SIZE + 5 }, (_, at) => of(at + 1, 'log.read')));
	expect(await list(bundle)).toMatchObject({ total: PAGE_SIZE + 5, from: 0 });
	expect((await list(bundle))?.entries.length).toBe(PAGE_SIZE);
	expect((await list(bundle, {}, PAGE_SIZE))?.entries.map(({ line }) => line)).toEqual([102, 103, 104, 105, 106]);
});

it('lists nothing of a file that does not verify any more', async () => {
	expect(await list(STORY.replace('lease.start', 'lease.stall'))).toBeNull();
});

it('takes any JSON that a writer of the log may have signed', () => {
	for (const leaf of ['', '[]', 'null', '{}', '{"action":1}']) expect(parseEntry(leaf, 0)).toBeNull();
	expect(parseEntry('{"action":"a","actor":[],"at":5,"coordinates":{},"records":"x","roles":[1]}', 3)).toMatchObject({
		line: 5,
		at: '',
		person: null,
		coordinates: [],
		records: 0,
	});
});

it('writes a report as text without a hidden character, and as JSON', async () => {
	const at = new Date('2026-12-01T10:00:00.000Z');
	const whole = await verdictOn(STORY);
	const text = reportAsText(whole, at);
	expect(text).toMatch(/^Complete and unchanged\n/);
	expect(text).toContain('        1  lease.end<script>\n');
	expect(text).toContain('verified    2026-12-01T10:00:00.000Z');
	expect(text).toContain(`SHA-256 ${whole.files[0]?.sha256}`);
	expect(JSON.parse(reportAsJson(whole, at))).toMatchObject({
		format: 'firmseal-verification-report',
		outcome: 'WHOLE',
		files: whole.files,
	});
	const file = new File([STORY.replace('lease.start', 'lease.stall')], 'a\u202egpj.\u200bjsonl');
	const wrong = reportAsText(await verdictOn(null, { bundle: file }), at);
	expect(wrong).toContain('- "a\\u{202e}gpj.\\u{200b}jsonl", line 6: ');
	expect(wrong).not.toMatch(/[\u202e\u200b]/);
});
