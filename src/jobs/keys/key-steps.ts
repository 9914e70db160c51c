import type { KeyUse } from '../../audit/index.ts';
import {
	type DataKeyListing,
	destroyKey,
	insertKeyRefusal,
	isSealingVersionAtLeast,
	type JobRow,
	replaceWrapped,
	selectUsableKeys,
	setKeyState,
	type Transaction,
} from '../../database/index.ts';
import type { DataKeyRecord, KeyRenewal, Keyring, Rewrapped } from '../../keys/index.ts';
import {
	JobFailure,
	type JobStep,
	type JobTransactions,
	keyUse,
	nextStep,
	pageEntry,
	pageResult,
	singlePageStep,
} from '../engine/index.ts';
import { isContentClass } from './key-requests.ts';
import {
	type ContentTable,
	countBelowVersion,
	isMinimumVersionInForce,
	raiseMinimumVersionSteps,
} from './reencrypt-steps.ts';

export interface KeyStepsParts extends JobTransactions {
	readonly keyring: Pick<Keyring, 'describeKey' | 'rotateKey' | 'disableKey' | 'enableKey'>;
	readonly renewalOf: (job: JobRow) => KeyRenewal;
	readonly tables: readonly ContentTable[];
}

export interface RewrappedKey {
	readonly record: DataKeyRecord;
	readonly rewrapped: Rewrapped;
}

/** Replaces each wrapped key that is still the one that was read. Returns the keys that were replaced. */
export async function storeRewrapped(tx: Transaction, fresh: readonly RewrappedKey[]): Promise<KeyUse[]> {
	const keys: KeyUse[] = [];
	for (const { record, rewrapped } of fresh) {
		const { requestId, ...wrapping } = rewrapped;
		if (await replaceWrapped(tx, record, wrapping))
			keys.push({ class: record.class, version: record.version, source: 'KEYRING', requestId });
	}
	return keys;
}

/** Makes a new version of a data key, or of the firm's wrapping key, which then wraps all data keys again. */
export function rotateSteps(parts: KeyStepsParts, job: JobRow): readonly JobStep[] {
	return job.class === null ? [rotateWrapping(parts), rewrapStep(parts)] : [rotateDataKey(parts)];
}

const rotateDataKey = ({ renewalOf }: KeyStepsParts): JobStep =>
	singlePageStep(async (job) => {
		const { firm, class: of, version } = keyVersionOf(job);
		// The version exists already if an earlier try was interrupted after this call, or if someone else was faster.
		await renewalOf(job).generate({ firm, class: of }, version);
		return {
			async write(tx) {
				// An existing version need not be the one that seals. The job is done only if no older version seals.
				if (!(await isSealingVersionAtLeast(tx, { firm, class: of, version }))) throw new JobFailure('WRONG_STATE');
				return dropFromMemory(tx, job);
			},
		};
	});

/** @throws JobFailure NO_VERSION */
function keyVersionOf({ firmId: firm, class: of, version }: JobRow) {
	if (of === null || version === null) throw new JobFailure('NO_VERSION');
	return { firm, class: of, version };
}

/** Makes every process drop the firm's keys from memory, after a change of one version, and ends the step. */
async function dropFromMemory(tx: Transaction, job: JobRow) {
	const { firm, class: of, version } = keyVersionOf(job);
	await insertKeyRefusal(tx, firm);
	const entries = [pageEntry(job, { keys: [keyUse(of, version)] })];
	return { progress: { ...nextStep(job), done: 1, total: 1 }, entries };
}

const rotateWrapping = ({ keyring }: KeyStepsParts): JobStep =>
	singlePageStep(async (job) => {
		const key = await keyring.describeKey(job.firmId);
		if (!key) throw new JobFailure('NO_KEY');
		if (key.version < (job.version ?? 0)) await keyring.rotateKey(job.firmId);
		return pageResult(nextStep(job), [pageEntry(job, {})]);
	});

/** Wraps every data key of the firm under the current version of its wrapping key. */
export const rewrapStep = ({ renewalOf, read }: KeyStepsParts): JobStep =>
	singlePageStep(async (job) => {
		const renewal = renewalOf(job);
		const records = await read(job, (tx) => selectUsableKeys(tx, job.firmId));
		const fresh: RewrappedKey[] = [];
		for (const record of records) fresh.push({ record, rewrapped: await renewal.rewrap(record) });
		return {
			async write(tx) {
				const keys = await storeRewrapped(tx, fresh);
				const progress = { ...nextStep(job), done: keys.length, total: job.done + records.length };
				return { progress, entries: keys.length > 0 ? [pageEntry(job, { keys })] : [] };
			},
		};
	});

/**
 * Disables a RETIRED version, so that it opens nothing until it is enabled, or the wrapping key, so that nothing of the firm can be opened.
 */
export function disableSteps(parts: KeyStepsParts, { class: of }: JobRow): readonly JobStep[] {
	return of === null
		? [ofWrapping(parts, (firm) => parts.keyring.disableKey(firm))]
		: [ofVersion((tx, version) => setKeyState(tx, version, ['RETIRED'], 'DISABLED'))];
}

export function enableSteps(parts: KeyStepsParts, { class: of }: JobRow): readonly JobStep[] {
	return of === null
		? [ofWrapping(parts, (firm) => parts.keyring.enableKey(firm))]
		: [ofVersion((tx, version) => setKeyState(tx, version, ['DISABLED'], 'RETIRED'))];
}

/**
 * Overwrites the wrapped key of a disabled version. The same step checks that no value and no file is under this or an older version; the
 * minimum key version keeps new ones out.
 */
export function destroySteps(parts: KeyStepsParts, job: JobRow): readonly JobStep[] {
	const { firmId: firm, class: of, version } = job;
	// For other classes, nothing shows what is sealed under a version: for example, proofs of a firm's people are under RIGHTS.
	if (of === null || version === null || !isContentClass(of))
		return [singlePageStep(() => Promise.reject(new JobFailure('IN_USE')))];
	const above = { ...job, version: version + 1 };
	return [
		...raiseMinimumVersionSteps(above),
		singlePageStep(async () => {
			const left = await countBelowVersion(parts, above);
			return {
				async write(tx) {
					if (left > 0 || !(await isMinimumVersionInForce(tx, above))) throw new JobFailure('IN_USE');
					if (!(await destroyKey(tx, { firm, class: of, version }))) throw new JobFailure('WRONG_STATE');
					return dropFromMemory(tx, job);
				},
			};
		}),
	];
}

/** Processes drop their keys before and after the change: if the job is cancelled in between, they have still dropped them. */
const ofWrapping = ({ write }: KeyStepsParts, change: (firm: string) => Promise<unknown>): JobStep =>
	singlePageStep(async (job) => {
		await write(job, (tx) => insertKeyRefusal(tx, job.firmId));
		await change(job.firmId);
		return {
			async write(tx) {
				await insertKeyRefusal(tx, job.firmId);
				return { progress: nextStep(job), entries: [pageEntry(job, {})] };
			},
		};
	});

const ofVersion = (
	change: (tx: Transaction, version: Pick<DataKeyListing, 'firm' | 'class' | 'version'>) => Promise<boolean>,
): JobStep =>
	singlePageStep(async (job) => ({
		async write(tx) {
			if (!(await change(tx, keyVersionOf(job)))) throw new JobFailure('WRONG_STATE');
			return dropFromMemory(tx, job);
		},
	}));
