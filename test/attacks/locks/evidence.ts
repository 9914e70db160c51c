import { expect } from 'vitest';
import type { Lock } from './removals.ts';
import type { LockAnswer, LockStage } from './stage.ts';

/** What the answer to an attack has to look like beside what its lock shows. */
export interface Expected {
	/** Content that must not be told. */
	readonly target: string;
	/** What `extensions.sealed` says, where the resolver's lock answers so; null: the whole request is refused. */
	readonly sealed: string | null;
	/** What the lease covers is asked for in the same document, and is served. */
	readonly isBeside?: boolean;
	/** It was opened already when the lock answered, and is withheld. */
	readonly isWithheld?: boolean;
	/** It is a file, which is refused as a whole: with this, where the resolver's lock answers. */
	readonly file?: 'LEASE_NOT_ACTIVE' | 'LEASE_REQUIRED' | 'LEASE_SCOPE';
	/** The lease's row is one that can't be proven, so that whoever is on call is told. */
	readonly isForged?: boolean;
}

const codesOf = ({ errors }: LockAnswer) => [...new Set(errors.map(({ extensions }) => extensions.code))];
/** Transactions of the role that breaks glass. */
const usesLease = ({ statements }: LockAnswer) => statements.some((text) => /hold_lease|use_lease/.test(text));
const readsContent = ({ statements }: LockAnswer) =>
	statements.some((text) => /from public\."\w+" t\s+where t\.id = any/.test(text));
const opened = ({ unwraps }: LockAnswer) => unwraps.filter(({ outcome }) => outcome === 'opened');

const toldOnCall = ({ api }: LockStage, { headers }: LockAnswer) =>
	api.lines.some((line) => {
		const { level, msg, requestId } = JSON.parse(line);
		return level === 50 && msg === 'a lease could not be proven' && requestId === headers.get('x-request-id');
	});

type Proof = (stage: LockStage, told: LockAnswer, expected: Expected) => Promise<void>;

/** What shows that it was this lock which answered, and none behind it. */
const PROOFS: Readonly<Record<Lock, Proof>> = {
	/** Before any transaction that breaks glass, and before any key. */
	async resolver(stage, told, { sealed, file, isBeside = false, isForged = false }) {
		const entries = await stage.entriesOf(told);
		if (sealed === null) {
			expect([told.status, codesOf(told), told.data ?? null]).toEqual([403, ['LEASE_NOT_ACTIVE'], null]);
			const action = isForged ? 'rights.refuse' : 'request.deny';
			expect(entries.map((entry) => [entry.action, entry.decision])).toEqual([[action, 'DENIED']]);
			expect(toldOnCall(stage, told)).toBe(isForged);
		} else {
			if (file) expect([told.status, codesOf(told), told.data]).toEqual([403, [file], null]);
			else {
				expect(told.errors).toEqual([]);
				expect(told.sealed.map(({ reason }) => reason)).toContain(sealed);
			}
			expect(entries).toContainEqual(expect.objectContaining({ action: 'content.deny', reason: sealed }));
		}
		if (isBeside) return;
		expect([usesLease(told), readsContent(told), told.unwraps]).toEqual([false, false, []]);
	},
	/** The whole request, by hold_lease() or use_lease(); no key unless it was under way already. */
	async 'database functions'(stage, told, { isBeside = false, isWithheld = false }) {
		const [code] = codesOf(told);
		expect([told.status, told.data]).toEqual([403, null]);
		expect(code).toMatch(/^LEASE_(NOT_ACTIVE|SCOPE)$/);
		expect(usesLease(told)).toBe(true);
		if (!isBeside) expect(opened(told).length > 0).toBe(isWithheld);
		const refusal = { action: 'request.deny', decision: 'DENIED', reason: code };
		expect(await stage.entriesOf(told)).toContainEqual(expect.objectContaining(refusal));
	},
	/** The rows are not there: null like a value that was never written, and so nothing to unwrap a key for. */
	async 'row policies'(stage, told, { file, isBeside = false }) {
		expect([codesOf(told), usesLease(told), readsContent(told)]).toEqual([file ? ['NOT_FOUND'] : [], true, true]);
		if (isBeside) return;
		expect([told.sealed, told.unwraps]).toEqual([[], []]);
		const actions = (await stage.entriesOf(told)).map(({ action }) => action);
		expect(actions.filter((action) => /^content|lease\.use/.test(action))).toEqual([]);
	},
	/** Ciphertext and a wrapped key were read; the keyring was asked, and refused. */
	async key(stage, told, { isBeside = false }) {
		expect(codesOf(told)).toEqual(['KEY_UNAVAILABLE']);
		expect([usesLease(told), readsContent(told)]).toEqual([true, true]);
		expect(told.unwraps.map(({ outcome }) => outcome)).toContain('REFUSED');
		if (!isBeside) expect(opened(told)).toEqual([]);
		const failure = { action: 'content.fail', reason: 'KEY_UNAVAILABLE' };
		expect(await stage.entriesOf(told)).toContainEqual(expect.objectContaining(failure));
	},
};

/** Holds an answer against the lock that is said to have given it. */
export async function assertLockAnswered(
	stage: LockStage,
	lock: Lock,
	told: LockAnswer,
	expected: Expected,
): Promise<void> {
	expect(told.text).not.toContain(expected.target);
	expect(told.headers.get('cache-control')).toBe('no-store');
	await PROOFS[lock](stage, told, expected);
}

/** The attack has worked: content came, and is on record. */
export async function assertAttackSucceeded(stage: LockStage, told: LockAnswer, { target }: Expected): Promise<void> {
	expect(told.text).toContain(target);
	expect(await stage.entriesOf(told)).toContainEqual(expect.objectContaining({ action: 'content.open' }));
}
