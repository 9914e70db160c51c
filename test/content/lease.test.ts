import { describe, expect, it } from 'vitest';
import { decideContent } from '../../src/access/index.ts';
import type { LeaseReader, RequestedValue } from '../../src/content/index.ts';
import { FirmsealError } from '../../src/errors.ts';
import { KeyUnavailableError } from '../../src/keys/index.ts';
import { BODY, FIRM, MEMO, memberDecision, rowId, sealedText, TITLE, termsOf, workbench } from './workbench.ts';

const USER = '01980000-0000-7000-8000-000000000001';
const LEASE = '01980000-0000-7000-8000-0000000000aa';
const open = { id: LEASE, requestedBy: USER, firm: FIRM, classes: ['NOTE' as const], coordinates: null, records: null };
const decision = () =>
	decideContent({ kind: 'operator', user: USER, person: USER, roles: new Set(['OPERATOR']), proven: true }, open);
const code = (code: string) => expect.objectContaining({ code });
const ended = () => new FirmsealError('LEASE_NOT_ACTIVE', 'Over.');

/** A lease reader that a test controls. The stored values are those of sealedText, except for `missing` rows. */
function bench() {
	const work = workbench();
	const batches: string[][] = [];
	const state = {
		live: true,
		confirmed: 0,
		/** The entries of each confirmRecorded() call. */
		proven: [] as (readonly string[])[],
		unpublished: null as Error | null,
		refuse: null as Error | null,
		missing: new Set<string>(),
		gate: Promise.resolve(),
		/** Called when a key is requested. */
		onAsked: () => {},
	};
	/** Keys of this request only, from the workbench's keyring. */
	const own = workbench();
	const use: LeaseReader = {
		async read(batch, intend) {
			if (state.refuse) throw state.refuse;
			batches.push(batch.map(({ field, row }) => `${field.coordinate} ${row.id}`));
			const present = batch.filter(({ row }) => !state.missing.has(row.id));
			if (present.length > 0) await intend(present);
			return batch.map(({ field, row }: RequestedValue) =>
				state.missing.has(row.id) ? null : sealedText(field, row.id, `${field.coordinate} of ${row.id}`),
			);
		},
		dataKeys: {
			openingKey: () => undefined,
			loadOpeningKey: async (...key: [string, string, number]) => {
				state.onAsked();
				await state.gate;
				return own.load(...key);
			},
		},
		assertNotExpired() {
			if (!state.live) throw ended();
		},
		async confirmRecorded(entries) {
			state.proven.push(entries);
			if (state.unpublished) throw state.unpublished;
		},
		async confirmActive() {
			state.confirmed++;
			if (!state.live) throw ended();
		},
	};
	const terms = { ...termsOf(decision()), plane: 'operator' as const };
	const leaseTerms = { ...terms, actor: { kind: 'operator' as const, user: USER, roles: ['OPERATOR' as const] } };
	return { ...work, batches, state, own, session: work.content.begin(leaseTerms, use) };
}

const rows = [1, 2, 3].map((n) => ({ firm: FIRM, id: rowId(n) }));

describe('content under a lease', () => {
	it('reads what one turn of the event loop asks for as one batch, and records the intent before it opens anything', async () => {
		const { content, session, batches, drafts, asked, own } = bench();
		const values = rows.flatMap((row) =>
			[TITLE, BODY].map((field) => content.openValue(session, field, row, undefined)),
		);
		expect(await Promise.all(values)).toEqual(rows.flatMap(({ id }) => [`Note.title of ${id}`, `Note.body of ${id}`]));
		expect(batches).toHaveLength(1);
		expect(drafts.map(({ action, lease }) => [action, lease])).toEqual([['lease.use', LEASE]]);
		await content.settle(session);
		expect(drafts.map(({ action }) => action)).toEqual(['lease.use', 'content.open']);
		for (const draft of drafts) {
			expect(draft).toMatchObject({ lease: LEASE, firm: FIRM, coordinates: ['Note.title', 'Note.body'] });
			expect(draft.records).toEqual(rows.map(({ id }) => id));
		}
		// The keys are those of the request, never from the plane's cache.
		expect([asked, own.asked.length > 0]).toEqual([[], true]);
	});

	it('does not accept a value that was read by any other path', async () => {
		const { content, session } = bench();
		const [row = { firm: FIRM, id: '' }] = rows;
		const smuggled = sealedText(TITLE, row.id, 'smuggled');
		expect(await content.openValue(session, TITLE, row, smuggled)).toBe(`Note.title of ${row.id}`);
	});

	it('withholds what is outside the scope without using the lease', async () => {
		const { content, session, batches } = bench();
		expect(content.openValue(session, MEMO, rows[0] as never, undefined)).toBeNull();
		expect(content.withheld(session)).toEqual([{ coordinate: 'Invoice.memo', reason: 'CLASS', count: 1 }]);
		await content.settle(session);
		expect(batches).toEqual([]);
	});

	it('answers null for a missing value, and records no opening', async () => {
		const { content, session, state, drafts } = bench();
		state.missing = new Set(rows.map(({ id }) => id));
		expect(await content.openValue(session, TITLE, rows[0] as never, undefined)).toBeNull();
		await content.settle(session);
		expect(drafts).toEqual([]);
	});

	it.each(['LEASE_NOT_ACTIVE', 'LEASE_SCOPE'] as const)(
		'refuses the whole request after %s, and records it',
		async (refused) => {
			const { content, session, state, drafts, own } = bench();
			state.refuse = new FirmsealError(refused, 'No.');
			const first = content.openValue(session, TITLE, rows[0] as never, undefined);
			await expect(first).rejects.toThrow(code(refused));
			state.refuse = null;
			await expect(content.openValue(session, TITLE, rows[1] as never, undefined)).rejects.toThrow(code(refused));
			await expect(content.settle(session)).rejects.toThrow(code(refused));
			expect(drafts).toMatchObject([{ action: 'request.deny', decision: 'DENIED', reason: refused, lease: LEASE }]);
			expect(own.asked).toEqual([]);
		},
	);

	it('opens nothing after the lease has expired, even if a key is being loaded', async () => {
		const { content, session, state, drafts } = bench();
		const [asked, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
		Object.assign(state, { gate: gate.promise, onAsked: asked.resolve });
		const value = content.openValue(session, TITLE, rows[0] as never, undefined);
		await asked.promise;
		state.live = false;
		gate.resolve();
		await expect(value).rejects.toThrow(code('LEASE_NOT_ACTIVE'));
		await expect(content.settle(session)).rejects.toThrow(code('LEASE_NOT_ACTIVE'));
		expect(drafts.map(({ action }) => action)).not.toContain('content.open');
	});

	it('checks the lease again before the response: openings stay recorded, and nothing is answered', async () => {
		const { content, session, state, drafts } = bench();
		await content.openValue(session, TITLE, rows[0] as never, undefined);
		state.live = false;
		await expect(content.settle(session)).rejects.toThrow(code('LEASE_NOT_ACTIVE'));
		expect(state.confirmed).toBe(1);
		expect(drafts.map(({ action }) => action)).toEqual(['lease.use', 'content.open', 'request.deny']);
	});

	it('reads nothing if its intent cannot be recorded', async () => {
		const { content, session, failLog } = bench();
		failLog(new FirmsealError('AUDIT_UNAVAILABLE', 'No.'));
		await expect(content.openValue(session, TITLE, rows[0] as never, undefined)).rejects.toThrow(
			code('AUDIT_UNAVAILABLE'),
		);
	});

	/** The reports and entries of a page whose key is unavailable. */
	async function withoutKey(error: Error, isLive: boolean) {
		const { content, session, own, state, drafts } = bench();
		own.failKeys(error);
		state.onAsked = () => {
			state.live = isLive;
		};
		const values = await Promise.allSettled(
			rows.map((row) => content.openValue(session, TITLE, row, undefined) as Promise<unknown>),
		);
		const confirmed = state.confirmed;
		const settled = await content.settle(session).catch((refusal: FirmsealError) => refusal.code);
		return {
			reported: values.filter(({ status }) => status === 'rejected').length,
			confirmed,
			settled,
			recorded: drafts.flatMap(({ action, reason }) => (reason === null ? [] : [[action, reason]])),
		};
	}
	const REFUSED = new KeyUnavailableError('REFUSED', 'No grant.');
	const UNKNOWN_VERSION = new FirmsealError(
		'CIPHERTEXT_INVALID',
		'The value names a version of its key that does not exist.',
	);

	it('reports a missing key, serves the rest, and checks the lease once', async () => {
		expect(await withoutKey(REFUSED, true)).toEqual({
			reported: 1,
			confirmed: 1,
			settled: undefined,
			recorded: [['content.fail', 'KEY_UNAVAILABLE']],
		});
		expect(await withoutKey(UNKNOWN_VERSION, true)).toEqual({
			reported: 3,
			confirmed: 1,
			settled: undefined,
			recorded: [['content.fail', 'CIPHERTEXT_INVALID']],
		});
	});

	it.each([
		['grant', REFUSED],
		['row of its key', UNKNOWN_VERSION],
	])(
		'reports LEASE_NOT_ACTIVE, not damage or a refused key, if the end of the lease removed the %s',
		async (_, error) => {
			expect(await withoutKey(error, false)).toMatchObject({
				settled: 'LEASE_NOT_ACTIVE',
				recorded: [['request.deny', 'LEASE_NOT_ACTIVE']],
			});
		},
	);

	it('cannot be written', async () => {
		const { content, session } = bench();
		await expect(content.sealValues(session, rowId(1), [{ field: TITLE, value: 'x' }])).rejects.toThrow(
			code('FORBIDDEN'),
		);
	});

	it('opens nothing without access to the transactions of the lease', () => {
		const { content } = workbench();
		const session = content.begin({ ...termsOf(decision()), plane: 'operator' });
		expect(() => content.openValue(session, TITLE, rows[0] as never, sealedText(TITLE, rowId(1), 'x'))).toThrow(
			code('INTERNAL'),
		);
	});

	it('does not use the transactions of a lease for a member', async () => {
		const { content } = workbench();
		const session = content.begin(termsOf(memberDecision()), { read: () => Promise.reject(ended()) } as never);
		expect(await content.openValue(session, TITLE, rows[0] as never, sealedText(TITLE, rowId(1), 'mine'))).toBe('mine');
	});
});
