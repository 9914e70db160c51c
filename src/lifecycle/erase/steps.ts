import { systemEntry } from '../../audit/index.ts';
import {
	allowTime,
	buryFirm,
	closeFirm,
	countErasing,
	countKept,
	countLeasesOf,
	type ErasureRow,
	eraseKeys,
	eraseSome,
	finishErasure,
	hideErasing,
	insertErasure,
	type JobRow,
	noteInventory,
	selectDestroyedKeys,
	selectErasure,
	selectToldAge,
	type Transaction,
	tellRefusal,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type Keyring, KeyUnavailableError, type WrappingKey } from '../../keys/index.ts';
import { pageEntry } from '../job-entries.ts';
import { JobFailure, type JobStep, look, next, once } from '../job-step.ts';
import { sha256, writeCertificate } from './certificate.ts';
import { erasingOfJob, erasureOf, guarded } from './guard.ts';
import { deleteListed, deleteTagged, type ErasedObjectsParts, keyUses, listFiles, untilNone } from './objects.ts';
import { readTerms, subjectOf } from './terms.ts';
import { isErasureProven, proveErasure } from './tombstone.ts';
import { putTombstone, type Tombstones } from './tombstones.ts';

export interface EraseParts extends ErasedObjectsParts {
	readonly keyring: Pick<Keyring, 'describeKey' | 'scheduleDeletion' | 'letGoKey'>;
	readonly tombstones: Tombstones;
	readonly isClosed: () => boolean;
	/** Sealed columns of each table that has any, by their SQL names. */
	readonly tables: readonly { readonly table: string; readonly columns: readonly { readonly name: string }[] }[];
	/** Name of the installation. */
	readonly installation: string;
	/** Seconds in which whatever a process still has under way is written. */
	readonly settleSeconds: number;
	/** Ends with the worker. */
	readonly signal: AbortSignal;
}

/** Rows that go with one page, and keys. */
const PAGE = 1_000;
const KEYS = 100;

/** Where a job goes back to when files came in after they were looked for. */
const LISTING = 3;

/**
 * Erases a firm, a client or a record: closed first, then beyond recall by its tombstone, then objects, keys and rows, and at last looked
 * for once more. Each step may be done again.
 */
export function eraseSteps(parts: EraseParts, job: JobRow): readonly JobStep[] {
	const isFirm = erasingOfJob(job).type === 'Firm';
	const steps = [
		tombstone(parts),
		settle(parts),
		listFiles(parts),
		deleteListed(parts),
		deleteTagged(parts),
		...(isFirm ? [destroyKeys(), scheduleDeletion(parts)] : []),
		eraseRows(),
		certify(parts),
	];
	return [guarded(parts, begin(parts), false), ...steps.map((step) => guarded(parts, step))];
}

/** Nobody opens it, or adds to it, from the commit on. */
const begin = ({ rights, tables }: EraseParts): JobStep =>
	once(async (job) => {
		const columnsOf = (of: string) => tables.find(({ table }) => table === of)?.columns.map(({ name }) => name) ?? [];
		const erasing = erasingOfJob(job);
		const of = { id: job.id, firmId: job.firmId, subject: subjectOf(erasing) };
		const mac = await proveErasure(rights, of);
		return {
			async write(tx) {
				await allowTime(tx);
				await insertErasure(tx, { ...of, mac });
				// Another worker, or a tombstone, may have been there before.
				const erasure = await selectErasure(tx, of);
				if (!erasure || !(await isErasureProven(rights, erasure))) throw new JobFailure('FORBIDDEN');
				const rows = await countErasing(tx, erasing, { whole: true });
				await noteInventory(
					tx,
					of,
					JSON.stringify({
						rows,
						kept: { ...(await countKept(tx, job.firmId)), leases: await countLeasesOf(tx, job.firmId) },
					}),
				);
				if (erasing.type === 'Firm') await closeFirm(tx, job.firmId);
				else await hideErasing(tx, erasing, columnsOf);
				await tellRefusal(tx, job.firmId);
				const total = Object.values(rows).reduce((all, count) => all + count, 0);
				return { progress: { ...next(job), total }, entries: [pageEntry(job, { records: [erasing.id] })] };
			},
		};
	});

const tombstone = ({ rights, tombstones, read, write, signal }: EraseParts): JobStep =>
	once(async (job) => {
		const erasure = await read(job, (tx) => erasureOf(rights, tx, job));
		await putTombstone({ store: tombstones, write: (work) => write(job, work) }, erasure, signal);
		return { write: async () => ({ progress: next(job), entries: [] }) };
	});

const settle = ({ settleSeconds }: EraseParts): JobStep =>
	look(async (tx, job) => {
		const age = await selectToldAge(tx, job.firmId);
		const left = settleSeconds - (age ?? settleSeconds);
		return left > 0 ? { wait: left } : next(job);
	});

const destroyKeys = (): JobStep => ({
	...untilNone(KEYS, async () => null),
	work: async (job) => ({
		async write(tx) {
			const keys = await eraseKeys(tx, job.firmId, KEYS);
			if (keys.length === 0) return { progress: next(job), entries: [] };
			await tellRefusal(tx, job.firmId);
			return { progress: {}, entries: [pageEntry(job, { keys: keyUses(keys) })] };
		},
	}),
});

const DELETABLE: ReadonlySet<WrappingKey['state']> = new Set(['ENABLED', 'DISABLED']);

/**
 * Every wrapping key of the firm: those beside its own too, which a change of it that was called off has left. One that the firm has brought is
 * the firm's to delete.
 */
const scheduleDeletion = ({ keyring }: EraseParts): JobStep =>
	once(async (job) => {
		const { keyDays } = readTerms(job.terms) ?? {};
		if (keyDays !== undefined)
			for (const side of ['next', 'previous'] as const)
				await keyring.letGoKey(job.firmId, side, keyDays).catch(unlessRefusedOrNone);
		const key = await keyring.describeKey(job.firmId).catch(unlessRefused);
		if (key && !key.isOwn && DELETABLE.has(key.state) && keyDays !== undefined)
			await keyring.scheduleDeletion(job.firmId, keyDays);
		return { write: async () => ({ progress: next(job), entries: [pageEntry(job, {})] }) };
	});

/** A firm may have taken even the right to look at its own key away. */
function unlessRefused(error: unknown): null {
	if (error instanceof KeyUnavailableError && error.reason === 'REFUSED') return null;
	throw error;
}

/** A keyring to which no firm brings keys has none beside a firm's. */
function unlessRefusedOrNone(error: unknown): null {
	return error instanceof FirmsealError && error.code === 'CONFLICT' ? null : unlessRefused(error);
}

const eraseRows = (): JobStep => ({
	isOnce: true,
	plan: async () => ({ upto: null, rows: PAGE }),
	work: async (job) => ({
		async write(tx) {
			await allowTime(tx);
			const page = await eraseSome(tx, erasingOfJob(job), PAGE);
			if (page === null) return { progress: next(job), entries: [] };
			if (page === 'OBJECTS') return { progress: { step: LISTING }, entries: [] };
			const coordinates = [`Erased.${page.table}`];
			return { progress: { done: page.count }, entries: [pageEntry(job, { coordinates, records: page.ids })] };
		},
	}),
});

/** Counts once more; only of nothing there is a certificate. */
const certify = ({ rights, keyring, installation }: EraseParts): JobStep =>
	once(async (job) => {
		const erasing = erasingOfJob(job);
		const isFirm = erasing.type === 'Firm';
		const wrappingKey = isFirm ? await keyring.describeKey(job.firmId).catch(unlessRefused) : null;
		return {
			async write(tx) {
				await allowTime(tx);
				const left = await countErasing(tx, erasing, { whole: true });
				if (Object.keys(left).length > 0) return { progress: { step: LISTING, round: job.round + 1 }, entries: [] };
				const erasure = await erasureOf(rights, tx, job);
				if (isFirm) await buryFirm(tx, job.firmId);
				const certificate = await certificateOf(tx, job, erasure, { installation, wrappingKey });
				await finishErasure(tx, erasure, certificate);
				await tellRefusal(tx, job.firmId);
				const entry = systemEntry('worker', {
					action: 'erasure.end',
					firm: job.firmId,
					coordinates: [`Erased.${erasing.type}`],
					records: [job.id, erasing.id],
					hash: sha256(certificate),
				});
				return { progress: next(job), entries: [entry] };
			},
		};
	});

/** The one that there is already, where a restore has brought back what it is of. */
async function certificateOf(
	tx: Transaction,
	job: JobRow,
	erasure: ErasureRow,
	{ installation, wrappingKey }: { readonly installation: string; readonly wrappingKey: WrappingKey | null },
): Promise<string> {
	if (erasure.certificate !== null) return erasure.certificate;
	const erasing = erasingOfJob(job);
	const keys = erasing.type === 'Firm' ? await selectDestroyedKeys(tx, job.firmId) : [];
	return writeCertificate({ installation, job, erasing, erasure, keys, wrappingKey, at: new Date() });
}
