import { describe, expect, it } from 'vitest';
import { KeyUnavailableError } from '../../src/keys/index.ts';
import { BODY, FIRM, memberDecision, OTHER_FIRM, rowId, sealedText, TITLE, termsOf, workbench } from './workbench.ts';

const row = { firm: FIRM, id: rowId(1) };
const times = <T>(count: number, one: (n: number) => T) => Array.from({ length: count }, (_, n) => one(n));

/** A sealed title for each of `count` rows. */
const titles = (count: number) =>
	times(count, (n) => {
		const id = rowId(n);
		return { row: { firm: FIRM, id }, sealed: sealedText(TITLE, id, `title ${n}`) };
	});

describe('a value that a request opens repeatedly', () => {
	it('is decrypted once, even while its key is loading, and is recorded as usual', async () => {
		const { content, decrypted, drafts } = workbench();
		const session = content.begin(termsOf(memberDecision()));
		const rows = titles(10);
		const ask = () =>
			rows.flatMap(({ row, sealed }) => times(96, () => content.openValue(session, TITLE, row, sealed)));
		const expected = times(10, (n) => times(96, () => `title ${n}`)).flat();
		expect(await Promise.all(ask())).toEqual(expected);
		expect(decrypted()).toBe(10);
		expect(ask()).toEqual(expected);
		expect(decrypted()).toBe(10);
		await content.settle(session);
		const [entry, ...more] = drafts;
		expect([entry?.action, entry?.coordinates, entry?.records.toSorted(), more]).toEqual([
			'content.open',
			['Note.title'],
			rows.map(({ row: { id } }) => id),
			[],
		]);
	});

	it('is decrypted once whatever buffer holds it, and again for another request', async () => {
		const { content, load, decrypted } = workbench();
		await load(FIRM, 'NOTE');
		const session = content.begin(termsOf(memberDecision()));
		const sealed = sealedText(TITLE, row.id, 'one');
		for (const bytes of [sealed, Uint8Array.from(sealed), Buffer.from(sealed)])
			expect(content.openValue(session, TITLE, row, bytes)).toBe('one');
		expect(decrypted()).toBe(1);
		expect(content.openValue(content.begin(termsOf(memberDecision())), TITLE, row, sealed)).toBe('one');
		expect(decrypted()).toBe(2);
	});

	it('is opened as it is stored now: a new value, another field and another row are not repeats', async () => {
		const { content, load } = workbench();
		await load(FIRM, 'NOTE');
		const session = content.begin(termsOf(memberDecision()));
		const [before, body] = [sealedText(TITLE, row.id, 'before'), sealedText(BODY, row.id, 'body')];
		expect(content.openValue(session, TITLE, row, before)).toBe('before');
		const [after] = await content.sealValues(session, row.id, [{ field: TITLE, value: 'after!' }]);
		expect(content.openValue(session, TITLE, row, after)).toBe('after!');
		expect(content.openValue(session, TITLE, row, before)).toBe('before');
		expect(content.openValue(session, TITLE, row, null)).toBeNull();
		expect(content.openValue(session, BODY, row, body)).toBe('body');
		for (const [field, id] of [
			[BODY, row.id],
			[TITLE, rowId(2)],
		] as const)
			expect(() => content.openValue(session, field, { firm: FIRM, id }, before)).toThrow(
				expect.objectContaining({ code: 'CIPHERTEXT_INVALID' }),
			);
	});

	it('counts each time towards the 64 MiB limit of the request', async () => {
		const { content, load } = workbench();
		await load(FIRM, 'NOTE');
		const session = content.begin(termsOf(memberDecision()));
		const sealed = sealedText(TITLE, row.id, 'x'.repeat(1024 * 1024));
		const answered = times(64, () => content.openValue(session, TITLE, row, sealed));
		expect(answered.map((value) => value === null)).toEqual([...Array(63).fill(false), true]);
		await expect(content.settle(session)).rejects.toMatchObject({ code: 'TOO_EXPENSIVE' });
	});

	it('is tried once if it does not open, and is reported and recorded as usual', async () => {
		const { content, load, decrypted, drafts } = workbench();
		const session = content.begin(termsOf(memberDecision()));
		const damaged = titles(3).map(({ row, sealed }) => ({ row, sealed: sealed.with(-1, (sealed.at(-1) ?? 0) ^ 1) }));
		const ask = () =>
			Promise.allSettled(
				damaged.flatMap(({ row, sealed }) => times(96, async () => content.openValue(session, TITLE, row, sealed))),
			);
		await load(FIRM, 'NOTE');
		const outcomes = [...(await ask()), ...(await ask())];
		expect(decrypted()).toBe(3);
		expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(20);
		expect(outcomes.slice(0, 20)).toEqual(
			times(20, () => ({ status: 'rejected', reason: expect.objectContaining({ code: 'CIPHERTEXT_INVALID' }) })),
		);
		await content.settle(session);
		expect(drafts).toMatchObject([{ action: 'content.fail', records: titles(3).map(({ row: { id } }) => id) }]);
	});

	it('is reported once for its field if its key is unavailable, and repeats request no further key', async () => {
		const { content, asked, failKeys, drafts } = workbench();
		failKeys(new KeyUnavailableError('AWAY', 'away'));
		const session = content.begin(termsOf(memberDecision()));
		const answers = titles(2).flatMap(({ row, sealed }) =>
			times(96, () => content.openValue(session, TITLE, row, sealed)),
		);
		const outcomes = await Promise.allSettled(answers);
		expect(outcomes.map(({ status }) => status === 'rejected').indexOf(true)).toBe(0);
		expect(outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value === null)).toHaveLength(191);
		expect(asked).toHaveLength(2);
		await content.settle(session);
		expect(drafts).toMatchObject([
			{ action: 'content.fail', records: [rowId(0), rowId(1)], reason: 'KEY_UNAVAILABLE' },
		]);
	});

	it('is not answered once the request is over', async () => {
		const { content, load } = workbench();
		await load(FIRM, 'NOTE');
		const session = content.begin(termsOf(memberDecision()));
		const sealed = sealedText(TITLE, row.id, 'x');
		content.openValue(session, TITLE, row, sealed);
		await content.settle(session);
		expect(() => content.openValue(session, TITLE, row, sealed)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
	});
});

describe('a large number of values in one request', () => {
	it.each([
		['key is cached', true],
		['key is still loading', false],
	])('yields to the event loop if the %s, and is fully answered and recorded', async (_, isCached) => {
		const { content, load, decrypted, drafts } = workbench();
		if (isCached) await load(FIRM, 'NOTE');
		const session = content.begin(termsOf(memberDecision()));
		const rows = titles(5_000);
		let isDone = false;
		const answers = Promise.all(rows.map(({ row, sealed }) => content.openValue(session, TITLE, row, sealed)));
		const done = answers.then(() => {
			isDone = true;
		});
		/** How many values were decrypted at each round of the event loop. */
		const progress: number[] = [];
		while (!isDone) {
			await new Promise((resolve) => setImmediate(resolve));
			progress.push(decrypted());
		}
		await done;
		const steps = progress.map((count, n) => count - (progress[n - 1] ?? 0));
		// The values opened at once and the first batch may both come before the first round of the event loop.
		expect(progress.length).toBeGreaterThanOrEqual(4);
		expect(Math.max(...steps)).toBeLessThanOrEqual(2_000);
		expect(Math.max(...steps.slice(1))).toBeLessThanOrEqual(1_000);
		expect(await answers).toEqual(rows.map((_each, n) => `title ${n}`));
		await content.settle(session);
		expect(drafts.flatMap(({ records }) => records).toSorted()).toEqual(rows.map(({ row: { id } }) => id));
	});

	it('waits only for other large requests, which alternate; a small request is answered at once', async () => {
		const { content, load, decrypted } = workbench();
		await load(FIRM, 'NOTE');
		const rows = titles(3_000);
		const ask = (session = content.begin(termsOf(memberDecision()))) =>
			rows.map(({ row, sealed }) => content.openValue(session, TITLE, row, sealed));
		const order: string[] = [];
		const [first, second] = ['first', 'second'].map((name) => Promise.all(ask()).then(() => order.push(name)));
		const small = content.openValue(
			content.begin(termsOf(memberDecision())),
			TITLE,
			row,
			sealedText(TITLE, row.id, 'x'),
		);
		expect(small).toBe('x');
		const before = decrypted();
		while (decrypted() === before) await new Promise((resolve) => setImmediate(resolve));
		// One request at a time.
		expect(decrypted() - before).toBe(1_000);
		await Promise.all([first, second]);
		expect(order).toEqual(['first', 'second']);
	});

	it('delays another firm by at most one batch, however many requests of its own firm are waiting', async () => {
		const { content, load } = workbench();
		await Promise.all([load(FIRM, 'NOTE'), load(OTHER_FIRM, 'NOTE')]);
		const order: string[] = [];
		const rowsOf = (firm: string) =>
			times(1_001, (n) => ({ row: { firm, id: rowId(n) }, sealed: sealedText(TITLE, rowId(n), 'x', firm) }));
		const ask = async (rows: ReturnType<typeof rowsOf>, firm: string) => {
			const session = content.begin(termsOf(memberDecision(firm)));
			await Promise.all(rows.map(({ row, sealed }) => content.openValue(session, TITLE, row, sealed)));
			order.push(firm);
		};
		const [many, few] = [rowsOf(FIRM), rowsOf(OTHER_FIRM)];
		await Promise.all([...times(3, () => ask(many, FIRM)), ask(few, OTHER_FIRM)]);
		expect(order).toEqual([FIRM, OTHER_FIRM, FIRM, FIRM]);
	});

	it('requests the key again for each batch, so a key that was revoked meanwhile opens none of it', async () => {
		const { content, load, failKeys, drafts } = workbench();
		await load(FIRM, 'NOTE');
		const session = content.begin(termsOf(memberDecision()));
		const rows = titles(1_500);
		const asked = rows.map(({ row, sealed }) => content.openValue(session, TITLE, row, sealed));
		failKeys(new KeyUnavailableError('REFUSED', 'disabled'));
		const outcomes = await Promise.allSettled(asked);
		expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
		await content.settle(session);
		expect(drafts.map(({ action, records }) => [action, records.length])).toEqual([
			['content.open', 1_000],
			['content.fail', 500],
		]);
	});

	it('is not opened further once the request is answered', async () => {
		const { content, load, decrypted } = workbench();
		await load(FIRM, 'NOTE');
		const session = content.begin(termsOf(memberDecision()));
		const asked = titles(1_500).map(({ row, sealed }) => content.openValue(session, TITLE, row, sealed));
		const settled = content.settle(session);
		const outcomes = await Promise.allSettled(asked);
		await settled;
		expect([outcomes.filter(({ status }) => status === 'rejected').length, decrypted()]).toEqual([500, 1_000]);
	});
});
