import { systemEntry } from '../../audit/index.ts';
import {
	closeFirm,
	countErasureRows,
	countLeasesOf,
	countPlaintextFiles,
	countRetainedRows,
	type ErasureRow,
	eraseEscrows,
	eraseKeys,
	eraseNextPage,
	extendStatementTimeout,
	finishErasure,
	hideErasureTarget,
	insertErasure,
	insertKeyRefusal,
	type JobRow,
	mayLeaseHaveGrants,
	selectDestroyedKeys,
	selectErasure,
	selectKeyPurgeAge,
	setErasureInventory,
	type Transaction,
	tombstoneFirm,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type Keyring, KeyUnavailableError, type WrappingKey } from '../../keys/index.ts';
import {
	databaseOnlyStep,
	erasureSubjectOf,
	JobFailure,
	type JobStep,
	nextStep,
	pageEntry,
	readEraseTerms,
	singlePageStep,
} from '../engine/index.ts';
import { sha256Hex, writeCertificate } from './certificate.ts';
import {
	awaitRetainedStep,
	deleteListedStep,
	deleteTaggedStep,
	type ErasedObjectsParts,
	keyUses,
	listFilesStep,
} from './erase-objects.ts';
import { isErasureProven, proveErasure } from './erasure-record.ts';
import { type ErasureRecordStore, writeErasureRecord } from './erasure-record-store.ts';
import { erasureOf, erasureTargetOfJob, guardStep } from './guard-step.ts';

export interface EraseParts extends ErasedObjectsParts {
	readonly keyring: Pick<Keyring, 'describeKey' | 'releaseKey' | 'scheduleDeletion'>;
	readonly erasureRecords: ErasureRecordStore;
	readonly isClosed: () => boolean;
	/** Sealed columns of each table that has any, by their SQL names. */
	readonly tables: readonly { readonly table: string; readonly columns: readonly { readonly name: string }[] }[];
	/** Name of the installation. */
	readonly installation: string;
	/** Seconds in which whatever a process still has under way is written. */
	readonly propagationSeconds: number;
	/** Ends with the worker. */
	readonly signal: AbortSignal;
}

/** Rows that go with one page, and keys. */
const PAGE = 1_000;
const KEYS = 100;

/** Where a job goes back to: when files came in after they were looked for, and when the store retained some. */
const LISTING = 3;
const DELETING = LISTING + 1;

/**
 * Erases a firm, a client or a record: closed first, then beyond recall by its erasure record, then objects, keys and rows, and at last looked
 * for once more. Each step may be done again.
 */
export function eraseSteps(parts: EraseParts, job: JobRow): readonly JobStep[] {
	const isFirm = erasureTargetOfJob(job).type === 'Firm';
	const steps = [
		writeErasureRecordStep(parts),
		awaitPropagationStep(parts),
		listFilesStep(parts),
		deleteListedStep(parts),
		deleteTaggedStep(parts),
		awaitRetainedStep(parts, DELETING),
		...(isFirm ? [destroyKeys(), endWrappingKey(parts)] : []),
		eraseRows(),
		certify(parts),
	];
	return [guardStep(parts, begin(parts), false), ...steps.map((step) => guardStep(parts, step))];
}

/** Nobody opens it, or adds to it, from the commit on. */
const begin = ({ rights, tables }: EraseParts): JobStep =>
	singlePageStep(async (job) => {
		const columnsOf = (of: string) => tables.find(({ table }) => table === of)?.columns.map(({ name }) => name) ?? [];
		const erasing = erasureTargetOfJob(job);
		const of = { id: job.id, firmId: job.firmId, subject: erasureSubjectOf(erasing) };
		const mac = await proveErasure(rights, of);
		return {
			async write(tx) {
				await extendStatementTimeout(tx);
				await insertErasure(tx, { ...of, mac });
				// Another worker, or an erasure record, may have been there before.
				const erasure = await selectErasure(tx, of);
				if (!erasure || !(await isErasureProven(rights, erasure))) throw new JobFailure('FORBIDDEN');
				// Their objects are none that this could find: nobody is told that all is gone while they are there.
				if ((await countPlaintextFiles(tx, erasing)) > 0) throw new JobFailure('CLEAR_FILES');
				const rows = await countErasureRows(tx, erasing, { whole: true });
				await setErasureInventory(
					tx,
					of,
					JSON.stringify({
						rows,
						kept: { ...(await countRetainedRows(tx, job.firmId)), leases: await countLeasesOf(tx, job.firmId) },
					}),
				);
				if (erasing.type === 'Firm') await closeFirm(tx, job.firmId);
				else await hideErasureTarget(tx, erasing, columnsOf);
				await insertKeyRefusal(tx, job.firmId);
				const total = Object.values(rows).reduce((all, count) => all + count, 0);
				return { progress: { ...nextStep(job), total }, entries: [pageEntry(job, { records: [erasing.id] })] };
			},
		};
	});

const writeErasureRecordStep = ({ rights, erasureRecords, read, write, signal }: EraseParts): JobStep =>
	singlePageStep(async (job) => {
		const erasure = await read(job, (tx) => erasureOf(rights, tx, job));
		await writeErasureRecord({ store: erasureRecords, write: (work) => write(job, work) }, erasure, signal);
		return { write: async () => ({ progress: nextStep(job), entries: [] }) };
	});

const awaitPropagationStep = ({ propagationSeconds }: EraseParts): JobStep =>
	databaseOnlyStep(async (tx, job) => {
		const age = await selectKeyPurgeAge(tx, job.firmId);
		const left = propagationSeconds - (age ?? propagationSeconds);
		return left > 0 ? { wait: left } : nextStep(job);
	});

const destroyKeys = (): JobStep => ({
	isSinglePage: true,
	plan: async () => ({ upto: null, rows: KEYS }),
	work: async (job) => ({
		async write(tx) {
			const keys = await eraseKeys(tx, job.firmId, KEYS);
			await eraseEscrows(tx, job.firmId);
			if (keys.length === 0) return { progress: nextStep(job), entries: [] };
			await insertKeyRefusal(tx, job.firmId);
			return { progress: {}, entries: [pageEntry(job, { keys: keyUses(keys) })] };
		},
	}),
});

const DELETABLE: ReadonlySet<WrappingKey['state']> = new Set(['ENABLED', 'DISABLED']);

/**
 * The end of the firm's wrapping key: one that was made here is scheduled for its deletion, one that the firm has brought is let go, and is the firm's to
 * delete. That one has its name until no lease is open, by which the broker finds the grants that it takes back.
 */
const endWrappingKey = ({ keyring, read }: EraseParts): JobStep =>
	singlePageStep(async (job) => {
		const { keyDays } = readEraseTerms(job.terms) ?? {};
		const key = await keyring.describeKey(job.firmId).catch(unlessRefused);
		const isOpen = key?.isOwn === true && (await read(job, mayLeaseHaveGrants));
		if (isOpen) return { write: async () => ({ progress: { wait: LOOK_AGAIN, trouble: 'LEASES_OPEN' }, entries: [] }) };
		if (key && keyDays !== undefined) {
			// Left by a change of the key that was cut off.
			for (const side of ['next', 'previous'] as const) await letGo(keyring, job.firmId, side, keyDays);
			if (key.isOwn) await letGo(keyring, job.firmId, 'OWN', keyDays);
			else if (DELETABLE.has(key.state)) await keyring.scheduleDeletion(job.firmId, keyDays);
		}
		return { write: async () => ({ progress: nextStep(job), entries: [pageEntry(job, {})] }) };
	});

/** Seconds until open leases are looked for again. */
const LOOK_AGAIN = 5;

/** A firm may refuse even that, of its own key; a keyring that takes no key of a firm's has none on a side. */
async function letGo(keyring: EraseParts['keyring'], ...of: Parameters<Keyring['releaseKey']>): Promise<void> {
	try {
		await keyring.releaseKey(...of);
	} catch (error) {
		if (error instanceof FirmsealError && error.code === 'CONFLICT') return;
		unlessRefused(error);
	}
}

/** A firm may have taken even the right to look at its own key away. */
function unlessRefused(error: unknown): null {
	if (error instanceof KeyUnavailableError && error.reason === 'REFUSED') return null;
	throw error;
}

function orRefused(error: unknown): 'REFUSED' {
	unlessRefused(error);
	return 'REFUSED';
}

const eraseRows = (): JobStep => ({
	isSinglePage: true,
	plan: async () => ({ upto: null, rows: PAGE }),
	work: async (job) => ({
		async write(tx) {
			await extendStatementTimeout(tx);
			const page = await eraseNextPage(tx, erasureTargetOfJob(job), PAGE);
			if (page === null) return { progress: nextStep(job), entries: [] };
			// The same page would be all that the next attempt finds.
			if (page === 'KEPT') throw new JobFailure('NOT_ERASED');
			if (page === 'OBJECTS') return { progress: { step: LISTING }, entries: [] };
			if (page === 'CLEAR') return { progress: { wait: LOOK_AGAIN, trouble: 'CLEAR_FILES' }, entries: [] };
			const coordinates = [`Erased.${page.table}`];
			return { progress: { done: page.count }, entries: [pageEntry(job, { coordinates, records: page.ids })] };
		},
	}),
});

/** Counts once more; only of nothing there is a certificate. */
const certify = ({ rights, keyring, installation }: EraseParts): JobStep =>
	singlePageStep(async (job) => {
		const erasing = erasureTargetOfJob(job);
		const isFirm = erasing.type === 'Firm';
		const wrappingKey = isFirm ? await keyring.describeKey(job.firmId).catch(orRefused) : null;
		return {
			async write(tx) {
				await extendStatementTimeout(tx);
				const left = await countErasureRows(tx, erasing, { whole: true });
				if (Object.keys(left).length > 0) return { progress: { step: LISTING, round: job.round + 1 }, entries: [] };
				const erasure = await erasureOf(rights, tx, job);
				if (isFirm) await tombstoneFirm(tx, job.firmId);
				const certificate = await certificateOf(tx, job, erasure, { installation, wrappingKey });
				await finishErasure(tx, erasure, certificate);
				await insertKeyRefusal(tx, job.firmId);
				const entry = systemEntry('worker', {
					action: 'erasure.end',
					firm: job.firmId,
					coordinates: [`Erased.${erasing.type}`],
					records: [job.id, erasing.id],
					hash: sha256Hex(certificate),
				});
				return { progress: nextStep(job), entries: [entry] };
			},
		};
	});

/** The one that there is already, where a restore has brought back what it is of. */
async function certificateOf(
	tx: Transaction,
	job: JobRow,
	erasure: ErasureRow,
	{
		installation,
		wrappingKey,
	}: { readonly installation: string; readonly wrappingKey: WrappingKey | 'REFUSED' | null },
): Promise<string> {
	if (erasure.certificate !== null) return erasure.certificate;
	const erasing = erasureTargetOfJob(job);
	const keys = erasing.type === 'Firm' ? await selectDestroyedKeys(tx, job.firmId) : [];
	return writeCertificate({ installation, job, erasing, erasure, keys, wrappingKey, at: new Date() });
}
