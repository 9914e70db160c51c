import {
	insertKeyRefusal,
	isAnotherChangeFirst,
	type JobRow,
	mayLeaseHaveGrants,
	selectUsableKeys,
	type Transaction,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type Keyring, PLATFORM_FIRM_ID, type WrappingKey } from '../../keys/index.ts';
import {
	isKeyRefused,
	JobFailure,
	type JobStep,
	nextStep,
	type PageResult,
	pageEntry,
	pageResult,
	singlePageStep,
} from '../engine/index.ts';
import { type KeyStepsParts, type RewrappedKey, storeRewrapped } from './key-steps.ts';

export interface ChangeKeyParts extends Pick<KeyStepsParts, 'renewalOf' | 'read'> {
	readonly keyring: Pick<Keyring, 'describeKey' | 'setNextKey' | 'switchKey' | 'releaseKey'>;
	/** Seconds that processes with an older key or name in memory are given. */
	readonly propagationSeconds: number;
}

/** Seconds until the next check of an obstacle. */
const LOOK_AGAIN = 5;

/** Most milliseconds until AWS applies tags, which give the worker its rights to a key that it has made. */
const KNOWN_WITHIN = 360_000;

/** Days until a released key that was made here is destroyed: the maximum, and the minimum for a key that was never used. */
const DAYS = 30;
const DAYS_UNUSED = 7;

/**
 * Replaces a firm's wrapping key. Meanwhile both keys are named, and each data key opens under the one that wraps it. At no moment can a
 * data key not be opened.
 */
export const changeKeySteps = (parts: ChangeKeyParts): readonly JobStep[] => [
	nameAndTry(parts),
	rewrapAllUnderNextKey(parts),
	switchOver(parts),
	rewrapRemaining(parts),
	releasePreviousKey(parts),
];

/** The key that the owner has approved; null for a key made here. */
function ownOf({ firmId, kind, terms }: JobRow): string | null {
	if (firmId === PLATFORM_FIRM_ID || (kind === 'BRING') === (terms === null)) throw new JobFailure('WRONG_STATE');
	return terms;
}

/** The next key in the keyring. A refusal that no retry changes ends the job. */
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

/** Tries one data key before anything changes: the current key must open it, and the next key must wrap it and open it again. */
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
		// Releases a next key that a failed job has left.
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
				throw isKeyRefused(error) ? new JobFailure('NO_RIGHT') : error;
			});
		} catch (error) {
			const isYoung = Date.now() - (job.startedAt ?? new Date(0)).getTime() < KNOWN_WITHIN;
			if (error instanceof JobFailure && !following.isOwn && isYoung) return waiting('NO_RIGHT');
			if (error instanceof JobFailure || isKeyRefused(error)) await dropUnused();
			throw error;
		}
		return pageResult({ ...nextStep(job), total: records.length }, [pageEntry(job, {})]);
	});

const waiting = (trouble: string): PageResult => pageResult({ wait: LOOK_AGAIN, trouble });

/**
 * Checks that every data key opens under the next key before the first is stored. Then stores all, and makes every process read them again.
 */
const rewrapAllUnderNextKey = (parts: ChangeKeyParts): JobStep =>
	singlePageStep(async (job) => {
		const following = await nextOf(parts, job);
		const { moved, write } = await wrapAllUnder(parts, job, following);
		return {
			async write(tx) {
				const { done, entries } = await write(tx);
				// If another process has created or rewrapped a key meanwhile, the step runs again.
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

/**
 * When nothing is under the firm's current key any more, or under a previous key from an earlier change, the next key takes the firm's
 * name.
 */
const switchOver = (parts: ChangeKeyParts): JobStep =>
	singlePageStep(async (job) => {
		const { keyring, propagationSeconds } = parts;
		const following = await nextOf(parts, job);
		const current = await keyring.describeKey(job.firmId);
		// Skipped if the name has moved already, in a page that was interrupted afterwards.
		if (current?.keyId !== following.keyId) await keyring.releaseKey(job.firmId, 'previous', DAYS);
		await keyring.switchKey(job.firmId, following.keyId);
		return pageResult({ ...nextStep(job), wait: propagationSeconds }, [pageEntry(job, {})]);
	});

/**
 * Rewraps data keys that other processes have created under the previous key before they heard of the change. When none is left, opens all
 * of them once more as they are stored.
 */
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

/** Releases the previous key when no data key of any state is under it, and no lease is open that may have a grant on it. */
const releasePreviousKey = (parts: ChangeKeyParts): JobStep =>
	singlePageStep(async (job) => {
		const { keyring, read } = parts;
		const key = await currentWrappingKey(parts, job);
		const { isHeld, records } = await read(job, async (tx) => ({
			isHeld: await mayLeaseHaveGrants(tx),
			records: await selectUsableKeys(tx, job.firmId),
		}));
		if (isHeld) return waiting('LEASES_OPEN');
		if (records.some(({ keyId }) => keyId !== key.keyId)) return pageResult({ step: job.step - 1 });
		await keyring.releaseKey(job.firmId, 'previous', DAYS);
		return pageResult({ ...nextStep(job), total: records.length }, [pageEntry(job, {})]);
	});

/** The firm's current key. Ends the job if it is not the key that the owner approved. */
async function currentWrappingKey({ keyring }: ChangeKeyParts, job: JobRow): Promise<WrappingKey> {
	const own = ownOf(job);
	const key = await keyring.describeKey(job.firmId);
	if (!key || key.isOwn !== (own !== null) || (own !== null && key.keyId !== own)) throw new JobFailure('OTHER_KEY');
	return key;
}
