import { describe, expect, it, vi } from 'vitest';
import { type ActiveLease, decideContent, type FirmPrincipal } from '../../src/access/index.ts';
import { FILE_FIELDS, type FileSealer, type LeaseReader } from '../../src/content/index.ts';
import { FirmsealError } from '../../src/errors.ts';
import { KeyUnavailableError } from '../../src/keys/index.ts';
import {
	FIRM,
	memberDecision,
	OBJECT_KEY,
	OTHER_FIRM,
	operatorDecision,
	rowId,
	sealedText,
	termsOf,
	workbench,
} from './workbench.ts';

const USER = '01980000-0000-7000-8000-000000000001';
const LEASE = '01980000-0000-7000-8000-0000000000aa';
const CLIENT = rowId(77);
const PLACE = { firm: FIRM, document: rowId(1), version: rowId(2) };
const VERSION = { firm: FIRM, id: PLACE.version };
const DOCUMENT = { firm: FIRM, id: PLACE.document };
const TEXT = new TextEncoder().encode('The parties agree.');
const code = (of: string) => expect.objectContaining({ code: of });

const member = termsOf(memberDecision());
const principal: FirmPrincipal = {
	kind: 'firm',
	user: USER,
	person: USER,
	firm: FIRM,
	role: 'CLIENT',
	client: CLIENT,
	proven: true,
};
const portal = termsOf(decideContent(principal));

/** The start and the only chunk of a short file. */
async function sealed(content: ReturnType<typeof workbench>['content'], place = PLACE) {
	const sealer = await content.sealFile(content.begin(member), place);
	return { start: sealer.start, chunk: endWith(sealer) };
}

function endWith(sealer: FileSealer): Uint8Array {
	expect(sealer.update(TEXT)).toHaveLength(0);
	return sealer.end();
}

describe('sealing a file', () => {
	it('counts as one value, whatever its size, and starts with header, salt and commitment', async () => {
		const { content, counted, asked } = workbench();
		const sealer = await content.sealFile(content.begin(member), PLACE);
		expect(sealer.start).toHaveLength(72);
		expect(Buffer.from(sealer.start).toString('hex')).toMatch(/^4653444f4301000000000001/);
		sealer.update(new Uint8Array(100_000));
		expect([counted, asked]).toEqual([[1], [`${FIRM}/DOCUMENT/1`]]);
		await content.sealFile(content.begin(member), PLACE);
		expect(counted).toEqual([1, 1]);
	});

	it('never gives the same bytes twice', async () => {
		const { content } = workbench();
		const [one, other] = [await sealed(content), await sealed(content)];
		expect(Buffer.compare(one.start.subarray(0, 16), other.start.subarray(0, 16))).toBe(0);
		expect(Buffer.compare(one.start.subarray(16, 40), other.start.subarray(16, 40))).not.toBe(0);
		expect(Buffer.compare(one.chunk, other.chunk)).not.toBe(0);
	});

	it('is allowed to the members and portal clients of the firm, in their own firm only', async () => {
		const { content, asked } = workbench();
		for (const terms of [member, portal]) await content.sealFile(content.begin(terms), PLACE);
		expect(asked).toHaveLength(1);
		const others = [
			content.sealFile(content.begin(termsOf(operatorDecision())), PLACE),
			content.sealFile(content.begin(member), { ...PLACE, firm: OTHER_FIRM }),
			content.sealFile(content.begin(termsOf(memberDecision(OTHER_FIRM))), PLACE),
		];
		for (const each of others) await expect(each).rejects.toThrow(code('FORBIDDEN'));
		expect(asked).toHaveLength(1);
	});

	it('fails without a key', async () => {
		const { content, failKeys } = workbench();
		failKeys(new KeyUnavailableError('AWAY', 'Away.'));
		await expect(content.sealFile(content.begin(member), PLACE)).rejects.toThrow(code('KEY_UNAVAILABLE'));
	});
});

describe('opening a file', () => {
	it('is recorded with its key before the first byte, and can continue after the response has begun', async () => {
		const { content, drafts, load } = workbench();
		await load(FIRM, 'DOCUMENT');
		const { start, chunk } = await sealed(content);
		const session = content.begin(member);
		const opener = await content.openFile(session, FILE_FIELDS.version, VERSION, PLACE, start);
		expect(drafts).toEqual([]);
		await content.settle(session);
		expect(drafts).toMatchObject([
			{
				action: 'content.open',
				coordinates: ['DocumentVersion.content'],
				records: [PLACE.version],
				keys: [{ class: 'DOCUMENT', version: 1, source: 'CACHE', requestId: null }],
			},
		]);
		expect(opener?.open(new Uint8Array(chunk.length), 0, chunk)).toEqual(TEXT);
		expect(opener?.open(new Uint8Array(chunk.length), 0, chunk)).toEqual(TEXT);
	});

	it('names the document if its latest version was requested, and the keyring call that it needed', async () => {
		const { content } = workbench();
		const { start } = await sealed(content);
		const other = workbench();
		const session = other.content.begin(member);
		await other.content.openFile(session, FILE_FIELDS.document, DOCUMENT, PLACE, start);
		await other.content.settle(session);
		expect(other.drafts).toMatchObject([
			{
				coordinates: ['Document.content'],
				records: [PLACE.document],
				keys: [{ class: 'DOCUMENT', source: 'KEYRING', requestId: 'request-1' }],
			},
		]);
	});

	it.each([
		['an operator without a lease', termsOf(operatorDecision()), VERSION, 'NO_LEASE'],
		['a person of another firm', termsOf(memberDecision(OTHER_FIRM)), VERSION, 'NOT_SHARED'],
		['a portal client that it is not shared with', portal, { ...VERSION, sharedWith: rowId(78) }, 'NOT_SHARED'],
	])('is denied to %s, without requesting a key', async (_who, terms, row, reason) => {
		const { content, drafts, asked } = workbench();
		const { start } = await sealed(workbench().content);
		const session = content.begin(terms);
		expect(await content.openFile(session, FILE_FIELDS.version, row, PLACE, start)).toBeNull();
		expect(asked).toEqual([]);
		expect(content.withheld(session)).toEqual([{ coordinate: 'DocumentVersion.content', reason, count: 1 }]);
		await content.settle(session);
		expect(drafts).toMatchObject([{ action: 'content.deny', coordinates: ['DocumentVersion.content'], reason }]);
	});

	it('is allowed to a portal client that the file is shared with', async () => {
		const { content } = workbench();
		const { start, chunk } = await sealed(content);
		for (const [field, row] of [
			[FILE_FIELDS.version, VERSION],
			[FILE_FIELDS.document, DOCUMENT],
		] as const) {
			const shared = { ...row, sharedWith: CLIENT };
			const opener = await content.openFile(content.begin(portal), field, shared, PLACE, start);
			expect(opener?.open(new Uint8Array(chunk.length), 0, chunk)).toEqual(TEXT);
		}
	});

	it('is refused with a decision for another row', async () => {
		const { content } = workbench();
		const { start } = await sealed(content);
		const wrong = [
			[FILE_FIELDS.version, DOCUMENT],
			[FILE_FIELDS.document, VERSION],
			[FILE_FIELDS.version, { ...VERSION, firm: OTHER_FIRM }],
			[{ ...FILE_FIELDS.version }, VERSION],
			[OBJECT_KEY, VERSION],
		] as const;
		for (const [field, row] of wrong)
			await expect(content.openFile(content.begin(member), field, row, PLACE, start)).rejects.toThrow(code('INTERNAL'));
	});

	it('is refused once the request is answered, even if its key is being loaded', async () => {
		const { content } = workbench();
		const { start } = await sealed(content);
		const late = workbench();
		const session = late.content.begin(member);
		const openFile = () => late.content.openFile(session, FILE_FIELDS.version, VERSION, PLACE, start);
		const refused = expect(openFile()).rejects.toThrow(code('INTERNAL'));
		await late.content.settle(session);
		await refused;
		await expect(openFile()).rejects.toThrow(code('INTERNAL'));
		expect(late.drafts).toEqual([]);
	});
});

describe('a file that does not open', () => {
	it.each([
		['it starts with another marker', (start: Uint8Array) => start.fill(0, 0, 1)],
		['it is of another firm', (start: Uint8Array) => start.fill(0, 12, 13)],
		['its commitment differs', (start: Uint8Array) => start.fill(0, 40, 42)],
		['it is too short', (start: Uint8Array) => start.subarray(0, 71)],
		['it is empty', () => new Uint8Array()],
	])('is recorded as failed, not as opened: %s', async (_why, change) => {
		const { content, drafts } = workbench();
		const { start } = await sealed(content);
		const session = content.begin(member);
		const opening = content.openFile(session, FILE_FIELDS.version, VERSION, PLACE, change(start.slice()));
		await expect(opening).rejects.toThrow(code('CIPHERTEXT_INVALID'));
		await content.settle(session);
		expect(drafts.map(({ action, reason, records }) => [action, reason, records])).toEqual([
			['content.fail', 'CIPHERTEXT_INVALID', [PLACE.version]],
		]);
	});

	it('is recorded as failed if it belongs to another version', async () => {
		const { content, drafts } = workbench();
		const other = { ...PLACE, version: rowId(3) };
		const { start } = await sealed(content, other);
		const session = content.begin(member);
		const opening = content.openFile(session, FILE_FIELDS.version, VERSION, PLACE, start);
		await expect(opening).rejects.toThrow(code('CIPHERTEXT_INVALID'));
		await content.settle(session);
		expect(drafts).toMatchObject([{ action: 'content.fail', reason: 'CIPHERTEXT_INVALID' }]);
	});

	it('is recorded as failed if a chunk is damaged or the caller reports a failure', async () => {
		for (const refuses of [true, false]) {
			const { content, drafts } = workbench();
			const { start, chunk } = await sealed(content);
			const session = content.begin(member);
			const opener = await content.openFile(session, FILE_FIELDS.version, VERSION, PLACE, start);
			if (refuses) expect(opener?.recordFailure()).toEqual(code('CIPHERTEXT_INVALID'));
			else expect(() => opener?.open(new Uint8Array(chunk.length), 1, chunk)).toThrow(code('CIPHERTEXT_INVALID'));
			await content.settle(session);
			expect(drafts.map(({ action }) => action)).toEqual(['content.open', 'content.fail']);
		}
	});

	it('is reported and recorded once if the failure comes while it is sent', async () => {
		const onSettled = vi.fn();
		const onFailure = vi.fn();
		const { content, drafts } = workbench({ onOutcome: onSettled, onFailure });
		const { start, chunk } = await sealed(content);
		const session = content.begin(member);
		const opener = await content.openFile(session, FILE_FIELDS.version, VERSION, PLACE, start);
		await content.settle(session);
		await content.recordRemaining(session);
		expect(() => opener?.open(new Uint8Array(chunk.length), 1, chunk)).toThrow(code('CIPHERTEXT_INVALID'));
		for (let time = 0; time < 2; time++) await content.recordRemaining(session);
		expect(drafts.map(({ action, reason, records }) => [action, reason, records])).toEqual([
			['content.open', null, [PLACE.version]],
			['content.fail', 'CIPHERTEXT_INVALID', [PLACE.version]],
		]);
		expect(onSettled.mock.calls).toEqual([
			['opened', 'DOCUMENT', 1],
			['failed', 'DOCUMENT', 1],
		]);
		expect(onFailure.mock.calls).toEqual([
			[{ code: 'CIPHERTEXT_INVALID', firm: FIRM, requestId: member.request, count: 1 }],
		]);
	});

	it('is recorded as failed if its key is unavailable', async () => {
		const { content, drafts, failKeys } = workbench();
		const { start } = await sealed(content);
		failKeys(new KeyUnavailableError('REFUSED', 'Disabled.'));
		const session = content.begin(member);
		const opening = content.openFile(session, FILE_FIELDS.version, VERSION, PLACE, start);
		await expect(opening).rejects.toThrow(code('KEY_UNAVAILABLE'));
		await content.settle(session);
		expect(drafts).toMatchObject([{ action: 'content.fail', reason: 'KEY_UNAVAILABLE' }]);
	});

	it('is not read further if its key has been refused in the meantime', async () => {
		const { content, failKeys, asked } = workbench();
		const { start } = await sealed(content);
		const opener = await content.openFile(content.begin(member), FILE_FIELDS.version, VERSION, PLACE, start);
		const before = asked.length;
		await opener?.confirmKey();
		expect(asked).toHaveLength(before);
		failKeys(new KeyUnavailableError('REFUSED', 'Disabled.'));
		await expect(opener?.confirmKey()).rejects.toThrow(code('KEY_UNAVAILABLE'));
		failKeys(null);
		await opener?.confirmKey();
		expect(asked).toHaveLength(before + 2);
	});
});

describe('a file under a lease', () => {
	const scope: ActiveLease = {
		id: LEASE,
		requestedBy: USER,
		firm: FIRM,
		classes: ['DOCUMENT'],
		coordinates: null,
		records: null,
	};
	const decisionOf = (lease: ActiveLease) =>
		decideContent({ kind: 'operator', user: USER, person: USER, roles: new Set(['OPERATOR']), proven: true }, lease);

	async function underLease(lease = scope) {
		const work = workbench();
		const own = workbench();
		const state = { live: true, readFields: [] as string[] };
		const use: LeaseReader = {
			async read(batch, intend) {
				state.readFields.push(...batch.map(({ field, row }) => `${field.coordinate} ${row.id}`));
				await intend(batch);
				return batch.map(({ row }) => sealedText(OBJECT_KEY, row.id, 'tag/name'));
			},
			dataKeys: { openingKey: () => undefined, loadOpeningKey: own.load },
			assertNotExpired() {
				if (!state.live) throw new FirmsealError('LEASE_NOT_ACTIVE', 'Over.');
			},
			async confirmRecorded() {},
			async confirmActive() {},
		};
		const actor = { kind: 'operator' as const, user: USER, roles: ['OPERATOR' as const] };
		const terms = { ...termsOf(decisionOf(lease)), plane: 'operator' as const, actor };
		const file = await sealed(workbench().content);
		return { ...work, ...file, own, state, session: work.content.begin(terms, use) };
	}

	it('opens with the key of the request while the lease is active', async () => {
		const { content, session, start, chunk, asked, own, state, drafts } = await underLease();
		const opener = await content.openFile(session, FILE_FIELDS.version, VERSION, PLACE, start);
		expect([asked, own.asked]).toEqual([[], [`${FIRM}/DOCUMENT/1`]]);
		await content.settle(session);
		expect(drafts).toMatchObject([{ action: 'content.open', lease: LEASE, coordinates: ['DocumentVersion.content'] }]);
		expect(opener?.open(new Uint8Array(chunk.length), 0, chunk)).toEqual(TEXT);
		await opener?.confirmKey();
		expect(own.asked).toHaveLength(1);
		state.live = false;
		expect(() => opener?.open(new Uint8Array(chunk.length), 0, chunk)).toThrow(code('LEASE_NOT_ACTIVE'));
	});

	it('does not open after the lease has expired, and the whole request is refused', async () => {
		const { content, session, start, own, state, drafts } = await underLease();
		state.live = false;
		const opening = content.openFile(session, FILE_FIELDS.version, VERSION, PLACE, start);
		await expect(opening).rejects.toThrow(code('LEASE_NOT_ACTIVE'));
		expect(own.asked).toEqual([]);
		await expect(content.settle(session)).rejects.toThrow(code('LEASE_NOT_ACTIVE'));
		expect(drafts).toMatchObject([{ action: 'request.deny', reason: 'LEASE_NOT_ACTIVE' }]);
	});

	it.each([
		[{ ...scope, classes: ['NOTE' as const] }, 'CLASS'],
		[{ ...scope, coordinates: ['Document.content'] }, 'COORDINATE'],
		[{ ...scope, records: [PLACE.document] }, 'RECORD'],
		[{ ...scope, firm: OTHER_FIRM }, 'NO_LEASE'],
	])('is not opened outside the scope of the lease: %#, %s', async (lease, reason) => {
		const { content, session, start, own } = await underLease(lease);
		expect(await content.openFile(session, FILE_FIELDS.version, VERSION, PLACE, start)).toBeNull();
		expect(await content.locateFile(session, FILE_FIELDS.version, VERSION, undefined)).toBeNull();
		expect(content.withheld(session)).toEqual([{ coordinate: 'DocumentVersion.content', reason, count: 1 }]);
		expect(own.asked).toEqual([]);
	});

	it('cannot be written', async () => {
		const { content, session } = await underLease();
		await expect(content.sealFile(session, PLACE)).rejects.toThrow(code('FORBIDDEN'));
	});

	it('is located through the lease as one value, with its intent recorded', async () => {
		const { content, session, state, drafts } = await underLease();
		expect(await content.locateFile(session, FILE_FIELDS.version, VERSION, new Uint8Array(50))).toBe('tag/name');
		expect(state.readFields).toEqual([`DocumentVersion.content ${PLACE.version}`]);
		expect(drafts).toMatchObject([{ action: 'lease.use', lease: LEASE, coordinates: ['DocumentVersion.content'] }]);
	});

	it('does not open without access to the transactions of the lease', async () => {
		const { content } = workbench();
		const session = content.begin({ ...termsOf(decisionOf(scope)), plane: 'operator' });
		const { start } = await sealed(content);
		const opening = content.openFile(session, FILE_FIELDS.version, VERSION, PLACE, start);
		await expect(opening).rejects.toThrow(code('INTERNAL'));
	});
});

describe('the location of a file', () => {
	it('is readable by those who may read the file', async () => {
		const { content } = workbench();
		const stored = sealedText(OBJECT_KEY, PLACE.version, 'tag/name');
		expect(await content.locateFile(content.begin(member), FILE_FIELDS.version, VERSION, stored)).toBe('tag/name');
		expect(await content.locateFile(content.begin(member), FILE_FIELDS.version, VERSION, null)).toBeNull();
		const session = content.begin(termsOf(operatorDecision()));
		expect(await content.locateFile(session, FILE_FIELDS.version, VERSION, stored)).toBeNull();
		const damaged = stored.fill(0, 30, 31);
		const locating = content.locateFile(content.begin(member), FILE_FIELDS.version, VERSION, damaged);
		await expect(locating).rejects.toThrow(code('CIPHERTEXT_INVALID'));
	});
});
