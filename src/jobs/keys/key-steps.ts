import {
	type DataKeyListing,
	destroyKey,
	insertKeyRefusal,
	isSealingVersionAtLeast,
	type JobRow,
	selectUsableKeys,
	setKeyState,
	type Transaction,
} from '../../database/index.ts';
import type { KeyRenewal, Keyring } from '../../keys/index.ts';
import { JobFailure, type JobStep, keyUse, nextStep, pageEntry, singlePageStep } from '../engine/index.ts';
import { isContentClass } from './key-requests.ts';
import {
	type ContentTable,
	countBelowVersion,
	isMinimumVersionInForce,
	raiseMinimumVersionSteps,
} from './reencrypt-steps.ts';
import { type RewrappedKey, storeRewrapped } from './store-rewrapped.ts';

export interface KeyStepsParts {
	readonly keyring: Pick<Keyring, 'describeKey' | 'rotateKey' | 'disableKey' | 'enableKey'>;
	readonly renewalOf: (job: JobRow) => KeyRenewal;
	readonly tables: readonly ContentTable[];
	readonly read: <T>(job: JobRow, work: (tx: Transaction) => Promise<T>) => Promise<T>;
	readonly write: <T>(job: JobRow, work: (tx: Transaction) => Promise<T>) => Promise<T>;
}

/** A new version of a data key, or of the firm's wrapping key, under which all its data keys are then wrapped anew. */
export function rotateSteps(parts: KeyStepsParts, job: JobRow): readonly JobStep[] {
	return job.class === null ? [rotateWrapping(parts), rewrapStep(parts)] : [rotateDataKey(parts)];
}

const rotateDataKey = ({ renewalOf }: KeyStepsParts): JobStep =>
	singlePageStep(async (job) => {
		const { firmId: firm, class: of, version } = job;
		if (of === null || version === null) throw new JobFailure('NO_VERSION');
		// It is there already when the work was cut off right after it, or somebody was faster.
		await renewalOf(job).generate({ firm, class: of }, version);
		return {
			async write(tx) {
				// A version that is there already need not be what seals: done means that none before it does.
				if (!(await isSealingVersionAtLeast(tx, { firm, class: of, version }))) throw new JobFailure('WRONG_STATE');
				// Every process lets go of what it has at hand, and so of the version that sealed until now.
				await insertKeyRefusal(tx, firm);
				return {
					progress: { ...nextStep(job), done: 1, total: 1 },
					entries: [pageEntry(job, { keys: [keyUse(of, version)] })],
				};
			},
		};
	});

const rotateWrapping = ({ keyring }: KeyStepsParts): JobStep =>
	singlePageStep(async (job) => {
		const key = await keyring.describeKey(job.firmId);
		if (!key) throw new JobFailure('NO_KEY');
		if (key.version < (job.version ?? 0)) await keyring.rotateKey(job.firmId);
		return { write: async () => ({ progress: nextStep(job), entries: [pageEntry(job, {})] }) };
	});

/** Every data key of the firm under its wrapping key as it is now. */
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

/** A version that seals no more opens no more either, until it is enabled; or the wrapping key, and so everything of the firm. */
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
 * What is stored of a disabled version is overwritten, in the step that finds nothing under it or an older one, neither value nor file: from a
 * floor on nobody puts anything there.
 */
export function destroySteps(parts: KeyStepsParts, job: JobRow): readonly JobStep[] {
	const { firmId: firm, class: of, version } = job;
	// Of another key nothing says what is under it: the proofs of a firm's people are under RIGHTS.
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
					await insertKeyRefusal(tx, firm);
					const entries = [pageEntry(job, { keys: [keyUse(of, version)] })];
					return { progress: { ...nextStep(job), done: 1, total: 1 }, entries };
				},
			};
		}),
	];
}

/** Told before and after: whoever calls the job off in between takes nothing back. */
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
			const { firmId: firm, class: of, version } = job;
			if (of === null || version === null) throw new JobFailure('NO_VERSION');
			if (!(await change(tx, { firm, class: of, version }))) throw new JobFailure('WRONG_STATE');
			await insertKeyRefusal(tx, firm);
			return {
				progress: { ...nextStep(job), done: 1, total: 1 },
				entries: [pageEntry(job, { keys: [keyUse(of, version)] })],
			};
		},
	}));
