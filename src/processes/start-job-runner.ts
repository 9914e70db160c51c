import { createSchema, fieldMoves, TABLE_OF } from '../api/index.ts';
import { systemEntry } from '../audit/index.ts';
import { type BackgroundTask, type Loop, runLoops } from '../clock/index.ts';
import { type JobRow, type Plane, sealedColumns, selectAllFirms } from '../database/index.ts';
import type { ObjectStore, PlaintextStore } from '../documents/index.ts';
import {
	type ContentTable,
	createJobSteps,
	createProvenMismatchFinder,
	DELETION_LIST_FIELD,
	type ErasureRecordStore,
	type FieldMove,
	type JobEnd,
	type JobStepsParts,
	type RunNextPageParts,
	replayErasures,
	requestJobAsWorker,
	rotateAgedKeys,
	runNextPage,
	selectOperatorsNow,
} from '../jobs/index.ts';
import type { Keyring, RightsProofs, SealedField } from '../keys/index.ts';
import {
	logUnrecordedKeyUse,
	openErasureRecords,
	openKeyring,
	openPlaintextObjects,
	openPlaneOf,
	openRefusalFeed,
	openRights,
	type RefusalFeed,
} from '../wiring/index.ts';
import { type AnchorHealth, watchAnchors } from './anchor-health.ts';
import { JobKeyCache } from './job-key-cache.ts';
import { reportKeyringHealth, reportRefusalFeed } from './keyring-health.ts';
import type { ProcessParts } from './process-parts.ts';

export interface JobRunnerParts extends ProcessParts {
	readonly store: ObjectStore;
	/** Seconds after which every process has written the values that it sealed under an older key; 20 unless given. */
	readonly propagationSeconds?: number;
	/** Columns that are moved from plaintext; those that the tables declare unless given. */
	readonly fieldMoves?: readonly FieldMove[];
	/** The signer's keyring, for the platform's own keys; opened here unless given. */
	readonly signer?: Keyring;
	/** Seconds without a heartbeat after which another worker takes over a page; the default of runNextPage() unless given. */
	readonly heartbeatTimeoutSeconds?: number;
}

/** Milliseconds that a worker waits when other workers hold all pages. */
const BUSY_PERIOD = 25;

/**
 * Seconds until all values are written that other processes sealed under the older key: they drop that key within a second, and no statement of
 * a request takes longer than the rest (database/connection.ts).
 */
const PROPAGATION_SECONDS = 20;

/** Runs maintenance jobs, a page at a time. Several workers may do so on one database. */
export async function startJobRunner(parts: JobRunnerParts): Promise<BackgroundTask> {
	const stopping = new AbortController();
	const runner = await openJobRunner(parts, stopping.signal);
	const loops = runLoops(jobLoops(runner), parts);
	return {
		async stop() {
			stopping.abort();
			await Promise.all([loops.stop(), runner.anchors.stop()]);
			runner.keys.purge();
			await runner.refusals.stop();
			await Promise.all(runner.planes.map((each) => each.close()));
		},
	};
}

function jobLoops(runner: JobRunner): readonly Loop[] {
	const { rightsPlane: plane, rights, audit, config } = runner;
	const page = pageParts(runner);
	const pages = { name: 'running jobs', failure: 'could not run jobs: retrying', period: 500 };
	return [
		{
			name: 'checking for data keys due for rotation',
			failure: 'could not check for data keys due for rotation',
			period: 3_600_000,
			step: () => rotateAgedKeys({ plane, rights, audit, days: config.keyring.days }),
		},
		{
			name: 'reading erasure records',
			failure: 'could not read erasure records',
			period: 10_000,
			step: createErasureReplay(runner),
		},
		{ ...pages, step: createPageRunner(runner, { ...page, interactive: false }) },
		// A loop of its own, so that jobs that wait for people don't delay others.
		{ ...pages, step: createPageRunner(runner, { ...page, interactive: true }) },
	];
}

interface JobRunner extends JobRunnerParts {
	/** Has the role that maintains content and keys. */
	readonly plane: Plane;
	/** Has the worker's role, which may read the rows that prove rights. */
	readonly rightsPlane: Plane;
	readonly planes: readonly Plane[];
	readonly keyring: Keyring;
	readonly rights: RightsProofs;
	readonly refusals: RefusalFeed;
	readonly erasureRecords: ErasureRecordStore;
	readonly anchors: AnchorHealth;
	readonly keys: JobKeyCache;
	/** Read when the first job needs it: at the start of a worker, there usually is none. */
	readonly content: () => SealedContent;
	readonly signal: AbortSignal;
}

async function openJobRunner(parts: JobRunnerParts, signal: AbortSignal): Promise<JobRunner> {
	const { config, clock, database, audit, logger } = parts;
	const plane = openPlaneOf(database, 'firmseal_maintenance', 4);
	const rightsPlane = openPlaneOf(database, 'firmseal_worker', 1);
	const erasureRecords = await openErasureRecords(config);
	const keyring = await openKeyring(config, 'worker', reportKeyringHealth('worker', logger));
	const signer = parts.signer ?? (await openKeyring(config, 'signer', reportKeyringHealth('signer', logger)));
	const onUnrecorded = logUnrecordedKeyUse(logger);
	const refusalPlane = openPlaneOf(database, 'firmseal_worker', 1);
	const refusals = openRefusalFeed({ clock, plane: refusalPlane, ...reportRefusalFeed(logger, 'worker') });
	const rights = openRights({ plane: rightsPlane, keyring, audit, config, refusals, clock, onUnrecorded });
	const logPlane = openPlaneOf(database, 'firmseal_log', 1);
	const anchors = await watchAnchors({ config, clock, plane: logPlane, comparesErasureRecords: false, logger });
	let read: SealedContent | undefined;
	const content = () => {
		read ??= readSealedContent();
		return read;
	};
	const fieldsOf = () => content().fields;
	const keys = new JobKeyCache({ config, clock, keyring, signer, plane, audit, refusals, onUnrecorded, fieldsOf });
	refusals.purgeOnRefusal(keys);
	const planes = [plane, rightsPlane, refusalPlane, logPlane];
	return {
		...parts,
		plane,
		rightsPlane,
		planes,
		keyring,
		rights,
		refusals,
		erasureRecords,
		anchors,
		keys,
		content,
		signal,
	};
}

function pageParts(runner: JobRunner): RunNextPageParts {
	const { clock, plane, rights, audit, keys, logger, heartbeatTimeoutSeconds } = runner;
	const operatorsNow = () => runner.rightsPlane.read(null, selectOperatorsNow);
	const openPlaintextStore = openedOnce(() => openPlaintextObjects(runner.config));
	return {
		clock,
		plane,
		rights,
		audit,
		operatorsNow,
		stepsOf: (job) => createJobSteps(stepsParts(runner, { operatorsNow, openPlaintextStore }))(job),
		heartbeatTimeoutSeconds,
		onEnded(job: JobRow, { state, trouble }: JobEnd) {
			keys.forget(job.id);
			logger[state === 'DONE' ? 'info' : 'error'](
				{ job: job.id, kind: job.kind, firm: job.firmId, state, ...(trouble && { code: trouble }) },
				'a job has ended',
			);
		},
	};
}

/** Opens the store at the first call, and tries again at the next call after a failure. */
function openedOnce(open: () => Promise<PlaintextStore>): () => Promise<PlaintextStore> {
	let opened: Promise<PlaintextStore> | undefined;
	return () => {
		opened ??= open().catch((error: unknown) => {
			opened = undefined;
			throw error;
		});
		return opened;
	};
}

function stepsParts(
	runner: JobRunner,
	shared: Pick<JobStepsParts, 'operatorsNow' | 'openPlaintextStore'>,
): JobStepsParts {
	const { config, clock, database, audit, store, plane, rightsPlane, rights, keys, content } = runner;
	return {
		...shared,
		keyring: runner.keyring,
		tables: content().tables,
		fieldMoves: runner.fieldMoves ?? content().moving,
		directory: database.files ?? null,
		firms: async () => (await rightsPlane.read(null, selectAllFirms)).map(({ id }) => id),
		requestJob: (request) => requestJobAsWorker({ plane: rightsPlane, rights, audit }, request),
		clock,
		propagationSeconds: runner.propagationSeconds ?? PROPAGATION_SECONDS,
		rights,
		erasureRecords: runner.erasureRecords,
		isClosed: () => runner.anchors.refusalFor('firm') !== null,
		installation: config.installation,
		store,
		signal: runner.signal,
		read: (of, work) => plane.forJob(of.id).read(of.firmId, work),
		write: (of, work) => plane.forJob(of.id).write(of.firmId, work),
		maintenanceOf: (of) => keys.of(of).maintenance,
		renewalOf: (of) => keys.of(of).renewal,
		record: (of, act) => audit.append([systemEntry('worker', act, of.id)]),
	};
}

function createPageRunner({ keys }: JobRunner, page: RunNextPageParts): Loop['step'] {
	let firmsFirst = false;
	return async () => {
		firmsFirst = !firmsFirst;
		const outcome = await runNextPage({ ...page, firmsFirst });
		if (!page.interactive) keys.forgetUnused();
		return outcome === 'BUSY' ? BUSY_PERIOD : outcome !== 'IDLE';
	};
}

function createErasureReplay(runner: JobRunner): Loop['step'] {
	const { rightsPlane: plane, rights, audit, erasureRecords, signal, logger } = runner;
	const compare = createProvenMismatchFinder({ plane, rights, erasureRecords });
	const onUnproven = ({ id, firmId }: Pick<JobRow, 'id' | 'firmId'>) =>
		logger.error({ job: id, firm: firmId }, 'an erasure record could not be proven: nothing is erased because of it');
	return async () => (await replayErasures({ plane, rights, audit, erasureRecords, compare, signal, onUnproven })) > 0;
}

interface SealedContent {
	readonly fields: readonly SealedField[];
	readonly tables: readonly ContentTable[];
	readonly moving: readonly FieldMove[];
}

function readSealedContent(): SealedContent {
	const { registry } = createSchema();
	const columns = sealedColumns(TABLE_OF);
	const nameOf = (coordinate: string) =>
		columns.find(({ typeName, fieldName }) => `${typeName}.${fieldName}` === coordinate)?.column ?? '';
	return {
		moving: fieldMoves(registry),
		fields: [...registry.fields, DELETION_LIST_FIELD],
		tables: registry.tables.map(({ table, class: of, fields }) => ({
			table,
			class: of,
			columns: fields.map((field) => ({ name: nameOf(field.coordinate), coordinate: field.coordinate, field })),
		})),
	};
}
