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
import type { Keyring, WrappingKey } from '../../keys/index.ts';
import {
	databaseOnlyStep,
	erasureSubjectOf,
	JobFailure,
	type JobStep,
	nextStep,
	nullIfKeyRefused,
	pageEntry,
	pageResult,
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
	startNextRound,
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
	readonly installation: string;
	/** Seconds within which a process writes everything that it has under way. */
	readonly propagationSeconds: number;
	readonly signal: AbortSignal;
}

const PAGE = 1_000;
const KEYS = 100;

/** Steps that a job goes back to: to list files that came in later, and to delete objects that the store retained. */
const LISTING = 3;
const DELETING = LISTING + 1;

/**
 * Erases a firm, a client or a record: closes it, makes the erasure permanent by its erasure record, deletes objects, keys and rows, and
 * searches once more at the end. Each step may run again.
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

/** From the commit on, no one can open the subject or add to it. */
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
				// Another worker, or an imported erasure record, may have inserted it before.
				const erasure = await selectErasure(tx, of);
				if (!erasure || !(await isErasureProven(rights, erasure))) throw new JobFailure('FORBIDDEN');
				// The job could not find objects in the clear, and must not report success while they exist.
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
		return pageResult(nextStep(job));
	});

const awaitPropagationStep = ({ propagationSeconds }: EraseParts): JobStep =>
	databaseOnlyStep(async (tx, job) => {
		const age = await selectKeyPurgeAge(tx, job.firmId);
		const left = propagationSeconds - (age ?? propagationSeconds);
		return left > 0 ? { wait: left } : nextStep(job);
	});

const destroyKeys = (): JobStep =>
	singlePageStep(
		async (job) => ({
			async write(tx) {
				const keys = await eraseKeys(tx, job.firmId, KEYS);
				await eraseEscrows(tx, job.firmId);
				if (keys.length === 0) return { progress: nextStep(job) };
				await insertKeyRefusal(tx, job.firmId);
				return { entries: [pageEntry(job, { keys: keyUses(keys) })] };
			},
		}),
		KEYS,
	);

const DELETABLE: ReadonlySet<WrappingKey['state']> = new Set(['ENABLED', 'DISABLED']);

/**
 * Ends the firm's wrapping key. A key made here is scheduled for deletion. A key that the firm has brought is released, and the firm
 * deletes it. It keeps its name until no lease is open, because the broker needs the name to revoke grants.
 */
const endWrappingKey = ({ keyring, read }: EraseParts): JobStep =>
	singlePageStep(async (job) => {
		const { keyDays } = readEraseTerms(job.terms) ?? {};
		const key = await keyring.describeKey(job.firmId).catch(nullIfKeyRefused);
		const isOpen = key?.isOwn === true && (await read(job, mayLeaseHaveGrants));
		if (isOpen) return pageResult({ wait: LOOK_AGAIN, trouble: 'LEASES_OPEN' });
		if (key && keyDays !== undefined) {
			// Left by an interrupted change of the key.
			for (const side of ['next', 'previous'] as const) await letGo(keyring, job.firmId, side, keyDays);
			if (key.isOwn) await letGo(keyring, job.firmId, 'OWN', keyDays);
			else if (DELETABLE.has(key.state)) await keyring.scheduleDeletion(job.firmId, keyDays);
		}
		return pageResult(nextStep(job), [pageEntry(job, {})]);
	});

/** Seconds until the next check for open leases. */
const LOOK_AGAIN = 5;

/** A firm may refuse the release of its own key. A keyring that takes no keys of firms has none on either side. */
async function letGo(keyring: EraseParts['keyring'], ...of: Parameters<Keyring['releaseKey']>): Promise<void> {
	try {
		await keyring.releaseKey(...of);
	} catch (error) {
		if (!(error instanceof FirmsealError && error.code === 'CONFLICT')) nullIfKeyRefused(error);
	}
}

const eraseRows = (): JobStep =>
	singlePageStep(
		async (job) => ({
			async write(tx) {
				await extendStatementTimeout(tx);
				const page = await eraseNextPage(tx, erasureTargetOfJob(job), PAGE);
				if (page === null) return { progress: nextStep(job) };
				// The next attempt would find the same page.
				if (page === 'KEPT') throw new JobFailure('NOT_ERASED');
				if (page === 'OBJECTS') return { progress: startNextRound(job, LISTING) };
				if (page === 'CLEAR') return { progress: { wait: LOOK_AGAIN, trouble: 'CLEAR_FILES' } };
				const coordinates = [`Erased.${page.table}`];
				return { progress: { done: page.count }, entries: [pageEntry(job, { coordinates, records: page.ids })] };
			},
		}),
		PAGE,
	);

/** Counts again, and writes the certificate only if nothing is left. */
const certify = ({ rights, keyring, installation }: EraseParts): JobStep =>
	singlePageStep(async (job) => {
		const erasing = erasureTargetOfJob(job);
		const isFirm = erasing.type === 'Firm';
		const orRefused = (error: unknown) => nullIfKeyRefused(error) ?? ('REFUSED' as const);
		const wrappingKey = isFirm ? await keyring.describeKey(job.firmId).catch(orRefused) : null;
		return {
			async write(tx) {
				await extendStatementTimeout(tx);
				const left = await countErasureRows(tx, erasing, { whole: true });
				if (Object.keys(left).length > 0) return { progress: startNextRound(job, LISTING) };
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

/** Reuses the existing certificate if this erasure repeats one after a restore. */
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
