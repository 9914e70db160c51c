import {
	insertKeyRefusal,
	isAnotherChangeFirst,
	type JobRow,
	mayLeaseHaveGrants,
	selectUsableKeys,
	type Transaction,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type Keyring, KeyUnavailableError, PLATFORM_FIRM_ID, type WrappingKey } from '../../keys/index.ts';
import { JobFailure, type JobStep, nextStep, type PageResult, pageEntry, singlePageStep } from '../engine/index.ts';
import type { KeyStepsParts } from './key-steps.ts';
import { type RewrappedKey, storeRewrapped } from './store-rewrapped.ts';

export interface ChangeKeyParts extends Pick<KeyStepsParts, 'renewalOf' | 'read'> {
	readonly keyring: Pick<Keyring, 'describeKey' | 'setNextKey' | 'switchKey' | 'releaseKey'>;
	/** Seconds that whoever still has an older key or name at hand is given. */
	readonly propagationSeconds: number;
}

/** Seconds until what is in the way is looked at again. */
const LOOK_AGAIN = 5;

/** Milliseconds that AWS takes at most until tags count, by which the worker has its rights to a key that it has made. */
const KNOWN_WITHIN = 360_000;

/** Days until a key that was made here is destroyed: the most that there are, and the fewest for one that was never used. */
const DAYS = 30;
const DAYS_UNUSED = 7;

/**
 * Another wrapping key in the place of the one that a firm has. Both are named meanwhile, and each data key opens under the one that it
 * is wrapped under: at no moment there is one that opens nowhere.
 */
export const changeKeySteps = (parts: ChangeKeyParts): readonly JobStep[] => [
	nameAndTry(parts),
	rewrapAllUnderNextKey(parts),
	switchOver(parts),
	rewrapRemaining(parts),
	releasePreviousKey(parts),
];

/** What the owner has agreed to: the key that is brought; null: one that is made here. */
function ownOf({ firmId, kind, terms }: JobRow): string | null {
	if (firmId === PLATFORM_FIRM_ID || (kind === 'BRING') === (terms === null)) throw new JobFailure('WRONG_STATE');
	return terms;
}

/** The key that is to follow, as the keyring has it; a refusal that no repetition cures ends the job. */
async function nextOf({ keyring }: ChangeKeyParts, job: JobRow): Promise<WrappingKey> {
	try {
		return await keyring.setNextKey(job.firmId, ownOf(job));
	} catch (error) {
		const code = error instanceof FirmsealError ? error.code : null;
		if (code === 'BAD_USER_INPUT') throw new JobFailure('BAD_KEY');
		if (code === 'CONFLICT') throw new JobFailure('OTHER_KEY');
		throw error;
	}
}

/** A trial with one data key, before anything is changed: that the one before opens it, and the next wraps it and opens it again. */
const nameAndTry = (parts: ChangeKeyParts): JobStep =>
	singlePageStep(async (job) => {
		const { keyring, read, renewalOf } = parts;
		const { isOtherFirst, records } = await read(job, async (tx) => ({
			isOtherFirst: await isAnotherChangeFirst(tx, job),
			records: await selectUsableKeys(tx, job.firmId),
		}));
		if (isOtherFirst) return waiting('OTHER_KEY');
		const [record] = records;
		const current = await keyring.describeKey(job.firmId);
		if (!record || !current) throw new JobFailure('NO_KEY');
		const isUnderOthers = records.some(({ keyId }) => keyId !== current.keyId);
		// Left there by a job that came to nothing.
		const dropUnused = () => (isUnderOthers ? undefined : keyring.releaseKey(job.firmId, 'next', DAYS_UNUSED));
		const following = await nextOf(parts, job).catch(async (error: unknown) => {
			if (!(error instanceof JobFailure && error.trouble === 'OTHER_KEY') || isUnderOthers) throw error;
			await dropUnused();
			return nextOf(parts, job);
		});
		const renewal = renewalOf(job);
		try {
			await renewal.assertOpens(record);
			await renewal.rewrapToNext(record, following).catch((error: unknown) => {
				throw isRefused(error) ? new JobFailure('NO_RIGHT') : error;
			});
		} catch (error) {
			const isYoung = Date.now() - (job.startedAt ?? new Date(0)).getTime() < KNOWN_WITHIN;
			if (error instanceof JobFailure && !following.isOwn && isYoung) return waiting('NO_RIGHT');
			if (error instanceof JobFailure || isRefused(error)) await dropUnused();
			throw error;
		}
		return {
			write: async () => ({ progress: { ...nextStep(job), total: records.length }, entries: [pageEntry(job, {})] }),
		};
	});

const isRefused = (error: unknown) => error instanceof KeyUnavailableError && error.reason === 'REFUSED';

const waiting = (trouble: string): PageResult => ({
	write: async () => ({ progress: { wait: LOOK_AGAIN, trouble }, entries: [] }),
});

/** Each is found to open under the next key before the first is stored; then all are, and every process reads them anew. */
const rewrapAllUnderNextKey = (parts: ChangeKeyParts): JobStep =>
	singlePageStep(async (job) => {
		const following = await nextOf(parts, job);
		const { moved, write } = await wrapAllUnder(parts, job, following);
		return {
			async write(tx) {
				const { done, entries } = await write(tx);
				// Somebody has made or wrapped one meanwhile: once more.
				return { progress: { ...(done === moved && nextStep(job)), done }, entries };
			},
		};
	});

async function wrapAllUnder({ read, renewalOf }: ChangeKeyParts, job: JobRow, key: WrappingKey) {
	const renewal = renewalOf(job);
	const records = await read(job, (tx) => selectUsableKeys(tx, job.firmId));
	const old = records.filter(({ keyId, ownKey }) => keyId !== key.keyId || ownKey !== key.isOwn);
	const fresh: RewrappedKey[] = [];
	for (const record of old) fresh.push({ record, rewrapped: await renewal.rewrapToNext(record, key) });
	const write = async (tx: Transaction) => {
		const keys = await storeRewrapped(tx, fresh);
		if (keys.length > 0) await insertKeyRefusal(tx, job.firmId);
		return { done: keys.length, entries: keys.length > 0 ? [pageEntry(job, { keys })] : [] };
	};
	return { records, moved: old.length, write };
}

/** Nothing is under what was left from before, and nothing is under the firm's key any more: the next one takes its name. */
const switchOver = (parts: ChangeKeyParts): JobStep =>
	singlePageStep(async (job) => {
		const { keyring, propagationSeconds } = parts;
		const following = await nextOf(parts, job);
		const current = await keyring.describeKey(job.firmId);
		// Not when the name was moved already, and the work cut off then.
		if (current?.keyId !== following.keyId) await keyring.releaseKey(job.firmId, 'previous', DAYS);
		await keyring.switchKey(job.firmId, following.keyId);
		return {
			write: async () => ({ progress: { ...nextStep(job), wait: propagationSeconds }, entries: [pageEntry(job, {})] }),
		};
	});

/** What somebody has made under the one before until they heard of it; then all are opened once more as they are stored. */
const rewrapRemaining = (parts: ChangeKeyParts): JobStep =>
	singlePageStep(async (job) => {
		const key = await currentWrappingKey(parts, job);
		const { records, moved, write } = await wrapAllUnder(parts, job, key);
		if (moved === 0) for (const record of records) await parts.renewalOf(job).assertOpens(record);
		return {
			async write(tx) {
				const { done, entries } = await write(tx);
				return { progress: { ...(moved === 0 && nextStep(job)), done }, entries };
			},
		};
	});

/** The one before is let go when no data key is under it, whatever state that is in, and no lease is open that may have a grant on it. */
const releasePreviousKey = (parts: ChangeKeyParts): JobStep =>
	singlePageStep(async (job) => {
		const { keyring, read } = parts;
		const key = await currentWrappingKey(parts, job);
		const { isHeld, records } = await read(job, async (tx) => ({
			isHeld: await mayLeaseHaveGrants(tx),
			records: await selectUsableKeys(tx, job.firmId),
		}));
		if (isHeld) return waiting('LEASES_OPEN');
		if (records.some(({ keyId }) => keyId !== key.keyId))
			return { write: async () => ({ progress: { step: job.step - 1 }, entries: [] }) };
		await keyring.releaseKey(job.firmId, 'previous', DAYS);
		return {
			write: async () => ({ progress: { ...nextStep(job), total: records.length }, entries: [pageEntry(job, {})] }),
		};
	});

/** The key that the firm has since: what the owner has agreed to, and not what somebody has named since. */
async function currentWrappingKey({ keyring }: ChangeKeyParts, job: JobRow): Promise<WrappingKey> {
	const own = ownOf(job);
	const key = await keyring.describeKey(job.firmId);
	if (!key || key.isOwn !== (own !== null) || (own !== null && key.keyId !== own)) throw new JobFailure('OTHER_KEY');
	return key;
}
