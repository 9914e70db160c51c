import { expect } from 'vitest';
import type { Lock } from './removals.ts';
import type { LockAnswer, LockStage } from './stage.ts';

/** Properties of an attack's answer, besides the evidence of the lock. */
export interface Expected {
	/** Content that the answer must not hold. */
	readonly target: string;
	/** The reason in `extensions.sealed` when the resolver's lock refuses. Null if it refuses the whole request. */
	readonly sealed: string | null;
	/** True if the same document also asks for content that the lease covers, which is answered. */
	readonly isBeside?: boolean;
	/** True if the content was already opened when the lock refused, and is withheld. */
	readonly isWithheld?: boolean;
	/** For a file, which is refused as a whole: the code when the resolver's lock refuses. */
	readonly file?: 'LEASE_NOT_ACTIVE' | 'LEASE_REQUIRED' | 'LEASE_SCOPE';
	/** True if the lease's row has no valid MAC, which writes an error line to the log. */
	readonly isForged?: boolean;
}

const codesOf = ({ errors }: LockAnswer) => [...new Set(errors.map(({ extensions }) => extensions.code))];
/** Whether a transaction of the break-glass role ran. */
const usesLease = ({ statements }: LockAnswer) => statements.some((text) => /hold_lease|use_lease/.test(text));
const readsContent = ({ statements }: LockAnswer) =>
	statements.some((text) => /from public\."\w+" t\s+where t\.id = any/.test(text));
const opened = ({ unwraps }: LockAnswer) => unwraps.filter(({ outcome }) => outcome === 'opened');

const hasErrorLine = ({ api }: LockStage, { headers }: LockAnswer) =>
	api.lines.some((line) => {
		const { level, msg, requestId } = JSON.parse(line);
		return level === 50 && msg === 'a lease could not be proven' && requestId === headers.get('x-request-id');
	});

type Proof = (stage: LockStage, told: LockAnswer, expected: Expected) => Promise<void>;

/** The evidence that this lock refused, and none behind it. */
const PROOFS: Readonly<Record<Lock, Proof>> = {
	/** Refuses before any transaction of the break-glass role, and before any key. */
	async resolver(stage, told, { sealed, file, isBeside = false, isForged = false }) {
		const entries = await stage.entriesOf(told);
		if (sealed === null) {
			expect([told.status, codesOf(told), told.data ?? null]).toEqual([403, ['LEASE_NOT_ACTIVE'], null]);
			const action = isForged ? 'rights.refuse' : 'request.deny';
			expect(entries.map((entry) => [entry.action, entry.decision])).toEqual([[action, 'DENIED']]);
			expect(hasErrorLine(stage, told)).toBe(isForged);
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
	/** hold_lease() or use_lease() refuses the whole request, without a key unless one was already unwrapped. */
	async 'database functions'(stage, told, { isBeside = false, isWithheld = false }) {
		const [code] = codesOf(told);
		expect([told.status, told.data]).toEqual([403, null]);
		expect(code).toMatch(/^LEASE_(NOT_ACTIVE|SCOPE)$/);
		expect(usesLease(told)).toBe(true);
		if (!isBeside) expect(opened(told).length > 0).toBe(isWithheld);
		const refusal = { action: 'request.deny', decision: 'DENIED', reason: code };
		expect(await stage.entriesOf(told)).toContainEqual(expect.objectContaining(refusal));
	},
	/** The role sees no rows: null like a value that was never written, so that no key is unwrapped. */
	async 'row policies'(stage, told, { file, isBeside = false }) {
		expect([codesOf(told), usesLease(told), readsContent(told)]).toEqual([file ? ['NOT_FOUND'] : [], true, true]);
		if (isBeside) return;
		expect([told.sealed, told.unwraps]).toEqual([[], []]);
		const actions = (await stage.entriesOf(told)).map(({ action }) => action);
		expect(actions.filter((action) => /^content|lease\.use/.test(action))).toEqual([]);
	},
	/** Ciphertext and a wrapped key were read, and the keyring refused to unwrap it. */
	async key(stage, told, { isBeside = false }) {
		expect(codesOf(told)).toEqual(['KEY_UNAVAILABLE']);
		expect([usesLease(told), readsContent(told)]).toEqual([true, true]);
		expect(told.unwraps.map(({ outcome }) => outcome)).toContain('REFUSED');
		if (!isBeside) expect(opened(told)).toEqual([]);
		const failure = { action: 'content.fail', reason: 'KEY_UNAVAILABLE' };
		expect(await stage.entriesOf(told)).toContainEqual(expect.objectContaining(failure));
	},
};

/** Checks that an answer proves the lock that the case names. */
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

/** Checks that the attack worked: the answer holds content, and the read is on record. */
export async function assertAttackSucceeded(stage: LockStage, told: LockAnswer, { target }: Expected): Promise<void> {
	expect(told.text).toContain(target);
	expect(await stage.entriesOf(told)).toContainEqual(expect.objectContaining({ action: 'content.open' }));
}
