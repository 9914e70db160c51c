import { createSchema, fieldMoves, type Logger, TABLE_OF } from '../api/index.ts';
import { systemEntry } from '../audit/index.ts';
import type { AppendingLog } from '../audit-log/index.ts';
import type { BackgroundTask, Clock } from '../clock/index.ts';
import { repeat } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
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
	requestJob,
	rotateAgedKeys,
	runNextPage,
	selectOperatorsNow,
} from '../jobs/index.ts';
import type { Keyring, RightsProofs, SealedField } from '../keys/index.ts';
import {
	type DatabaseAccess,
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

export interface JobRunnerParts {
	readonly config: Config;
	readonly clock: Clock;
	readonly database: DatabaseAccess;
	readonly audit: AppendingLog;
	/** Where files are. */
	readonly store: ObjectStore;
	readonly logger: Logger;
	/** Seconds in which every process writes what it has sealed under an older key; 20 unless given. */
	readonly propagationSeconds?: number;
	/** Columns of plaintext that are moved; those that the tables declare unless given. */
	readonly fieldMoves?: readonly FieldMove[];
	/** The signer's, for the platform's own keys; opened here unless given. */
	readonly signer?: Keyring;
	/** Seconds after which another worker takes over what a silent one had begun; as runNextPage() has it unless given. */
	readonly heartbeatTimeoutSeconds?: number;
}

/** Milliseconds between two looks for something to do, and those that a worker waits which finds others at it. */
const PERIOD = 500;
const BUSY_PERIOD = 25;

/** Milliseconds between two looks for what is to be erased again. */
const REPLAY_PERIOD = 10_000;

/** Milliseconds between two looks for data keys that have sealed for too long. */
const ROTATION_CHECK_PERIOD = 3_600_000;

/**
 * More than a statement of a request may take (database/connection.ts): by then everything is written that was sealed under a key which a
 * process had in its cache a second after the rotation.
 */
const PROPAGATION_SECONDS = 20;

/** Does the jobs of maintenance, one page at a time. Any number of workers may. */
export async function startJobRunner(parts: JobRunnerParts): Promise<BackgroundTask> {
	const stopping = new AbortController();
	const runner = await openJobRunner(parts, stopping.signal);
	const page = pageParts(runner);
	const tasks: readonly BackgroundTask[] = [
		startKeyRotation(runner),
		startErasureReplay(runner),
		startRunningPages(runner, { ...page, interactive: false }),
		// Apart from the others, so that jobs which wait for people keep no other from its page.
		startRunningPages(runner, { ...page, interactive: true }),
		runner.anchors,
	];
	return {
		async stop() {
			stopping.abort();
			await Promise.all(tasks.map((each) => each.stop()));
			runner.keys.purge();
			await runner.refusals.stop();
			await Promise.all(runner.planes.map((each) => each.close()));
		},
	};
}

/** What the runner opens for itself, beside what it is given. */
interface JobRunner extends JobRunnerParts {
	/** Of the role that does the work of jobs. */
	readonly plane: Plane;
	/** Of the worker's role, which sees the rows that prove rights. */
	readonly rightsPlane: Plane;
	readonly planes: readonly Plane[];
	readonly keyring: Keyring;
	readonly rights: RightsProofs;
	readonly refusals: RefusalFeed;
	readonly erasureRecords: ErasureRecordStore;
	readonly anchors: AnchorHealth;
	readonly keys: JobKeyCache;
	/** Read when there is something to do: most workers start without. */
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
	const onUnrecorded = (error: unknown, firm: string) =>
		logger.error({ err: error, firm }, 'the use of a key could not be recorded');
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

/** What runNextPage() is given each time. */
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

/** Opens it when it is first asked for, and again after a failure. */
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
		requestJob: (request) =>
			requestJob({ plane: rightsPlane, rights }, request, {
				on: 'worker',
				user: null,
				record: (act) => audit.append([systemEntry('worker', act)]),
			}),
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

function startRunningPages({ clock, keys, logger }: JobRunner, page: RunNextPageParts): BackgroundTask {
	let firmsFirst = false;
	return repeat(
		async () => {
			firmsFirst = !firmsFirst;
			const outcome = await runNextPage({ ...page, firmsFirst });
			if (!page.interactive) keys.forgetUnused();
			return outcome === 'BUSY' ? BUSY_PERIOD : outcome !== 'IDLE';
		},
		{
			clock,
			period: PERIOD,
			onFailure: (error) => logger.error({ err: error }, 'could not run jobs: retrying'),
			onRecovery: () => logger.info({}, 'running jobs works again'),
		},
	);
}

function startKeyRotation({ rightsPlane, rights, audit, config, clock, logger }: JobRunner): BackgroundTask {
	return repeat(() => rotateAgedKeys({ plane: rightsPlane, rights, audit, days: config.keyring.days }), {
		clock,
		period: ROTATION_CHECK_PERIOD,
		onFailure: (error) => logger.error({ err: error }, 'could not check for data keys due for rotation'),
		onRecovery: () => logger.info({}, 'checking for data keys due for rotation works again'),
	});
}

function startErasureReplay(runner: JobRunner): BackgroundTask {
	const { rightsPlane, rights, audit, erasureRecords, signal, clock, logger } = runner;
	const compare = createProvenMismatchFinder({ plane: rightsPlane, rights, erasureRecords: erasureRecords });
	const replay = () =>
		replayErasures({
			plane: rightsPlane,
			rights,
			audit,
			erasureRecords: erasureRecords,
			compare,
			signal,
			onUnproven: ({ id, firmId }) =>
				logger.error(
					{ job: id, firm: firmId },
					'an erasure record could not be proven: nothing is erased because of it',
				),
		});
	return repeat(async () => (await replay()) > 0, {
		clock,
		period: REPLAY_PERIOD,
		onFailure: (error) => logger.error({ err: error }, 'could not read erasure records'),
		onRecovery: () => logger.info({}, 'reading erasure records works again'),
	});
}

interface SealedContent {
	readonly fields: readonly SealedField[];
	readonly tables: readonly ContentTable[];
	readonly moving: readonly FieldMove[];
}

/** Every sealed column, and each table with content by its SQL names. */
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
