import { createSchema, fieldMoves, type Logger, TABLE_OF } from '../api/index.ts';
import { systemEntry } from '../audit/index.ts';
import type { AppendingLog } from '../audit-log/index.ts';
import type { BackgroundTask, Clock } from '../clock/index.ts';
import { repeat } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import { createMaintenance, keyEventAct, type Maintenance } from '../content/index.ts';
import { createDataKeyStore, type JobRow, sealedColumns, selectAllFirms } from '../database/index.ts';
import type { ObjectStore, PlaintextStore } from '../documents/index.ts';
import {
	type ContentTable,
	createJobSteps,
	createProvenMismatchFinder,
	DELETION_LIST_FIELD,
	type FieldMove,
	replayErasures,
	requestJob,
	rotateAgedKeys,
	runNextPage,
	selectOperatorsNow,
} from '../jobs/index.ts';
import {
	createDataKeys,
	createKeyRenewal,
	type DataKeyEvent,
	type KeyRenewal,
	type Keyring,
	PLATFORM_FIRM_ID,
	type SealedField,
	withSigner,
} from '../keys/index.ts';
import {
	createNodeAead,
	type DatabaseAccess,
	openErasureRecords,
	openKeyring,
	openPlaintextObjects,
	openPlainValues,
	openPlaneOf,
	openRefusalFeed,
	openRights,
	type RefusalFeed,
} from '../wiring/index.ts';
import { watchAnchors } from './anchor-health.ts';
import { reportKeyringHealth, reportRefusalFeed } from './keyring-health.ts';

export interface JobRunnerParts {
	readonly config: Config;
	readonly clock: Clock;
	readonly database: DatabaseAccess;
	readonly audit: AppendingLog;
	/** Where files are. */
	readonly store: ObjectStore;
	readonly logger: Logger;
	/** Seconds that whatever a process still holds of an older key is given to be written; 20 unless given. */
	readonly propagationSeconds?: number;
	/** Columns of plaintext that are taken over; those that the tables declare unless given. */
	readonly fieldMoves?: readonly FieldMove[];
	/** The signer's, for the platform's own keys; opened here unless given. */
	readonly signer?: Keyring;
	/** Seconds after which what a silent worker had begun is another's; as takeTurn() has it unless given. */
	readonly heartbeatTimeoutSeconds?: number;
}

/** Milliseconds between two looks for something to do, and those that a worker waits which meets others at it. */
const PERIOD = 500;
const BUSY_PERIOD = 25;

/** Milliseconds between two looks for what is to be erased again. */
const REPLAY_PERIOD = 10_000;

/** Milliseconds between two looks for data keys that have sealed for too long. */
const ROTATION_CHECK_PERIOD = 3_600_000;

/**
 * More than a statement of a request may take (database/connection.ts): by then what was sealed under a key that a process had at hand a
 * second after the rotation is written.
 */
const PROPAGATION_SECONDS = 20;

/** Keys of a firm and class: its versions. */
const MOST_KEYS = 1_000;

/** Does the jobs of maintenance, one page at a time. Any number of workers may. */
export async function startJobRunner(parts: JobRunnerParts): Promise<BackgroundTask> {
	const { config, clock, database, audit, store, logger, propagationSeconds = PROPAGATION_SECONDS } = parts;
	const plane = openPlaneOf(database, 'firmseal_maintenance', 4);
	const rightsPlane = openPlaneOf(database, 'firmseal_worker', 1);
	const stopping = new AbortController();
	const tombstones = await openErasureRecords(config);
	const keyring = await openKeyring(config, 'worker', reportKeyringHealth('worker', logger));
	const signer = parts.signer ?? (await openKeyring(config, 'signer', reportKeyringHealth('signer', logger)));
	const onUnrecorded = (error: unknown, firm: string) =>
		logger.error({ err: error, firm }, 'the use of a key could not be recorded');
	const refusalPlane = openPlaneOf(database, 'firmseal_worker', 1);
	const refusals = openRefusalFeed({ clock, plane: refusalPlane, ...reportRefusalFeed(logger, 'worker') });
	const rights = openRights({ plane: rightsPlane, keyring, audit, config, refusals, clock, onUnrecorded });
	const logPlane = openPlaneOf(database, 'firmseal_log', 1);
	const anchors = await watchAnchors({ config, clock, plane: logPlane, withTombstones: false, logger });
	// Read when there is something to do: most workers start without.
	let content: ReturnType<typeof readContent> | undefined;
	const contentOf = () => {
		content ??= readContent();
		return content;
	};
	let clear: Promise<PlaintextStore> | undefined;
	const openClear = () => {
		clear ??= openPlaintextObjects(config).catch((error: unknown) => {
			clear = undefined;
			throw error;
		});
		return clear;
	};
	const keys = createJobKeyCache({
		config,
		clock,
		keyring,
		signer,
		plane,
		audit,
		refusals,
		onUnrecorded,
		fieldsOf: () => contentOf().fields,
	});
	refusals.purgeOnRefusal(keys);
	const standing = () => rightsPlane.read(null, selectOperatorsNow);
	const stepsOf = (job: JobRow) =>
		createJobSteps({
			keyring,
			operatorsNow: standing,
			tables: contentOf().tables,
			fieldMoves: parts.fieldMoves ?? contentOf().moving,
			directory: database.files ?? null,
			firms: async () => (await rightsPlane.read(null, selectAllFirms)).map(({ id }) => id),
			requestJob: (request) =>
				requestJob({ plane: rightsPlane, rights }, request, {
					on: 'worker',
					user: null,
					record: (act) => audit.append([systemEntry('worker', act)]),
				}),
			clock,
			propagationSeconds: propagationSeconds,
			rights,
			erasureRecords: tombstones,
			isClosed: () => anchors.refusalFor('firm') !== null,
			installation: config.installation,
			store,
			openPlaintextStore: openClear,
			signal: stopping.signal,
			read: (of, work) => plane.forJob(of.id).read(of.firmId, work),
			write: (of, work) => plane.forJob(of.id).write(of.firmId, work),
			maintenanceOf: (of) => keys.of(of).maintenance,
			renewalOf: (of) => keys.of(of).renewal,
			record: (of, act) => audit.append([systemEntry('worker', act, of.id)]),
		})(job);
	const turning = {
		clock,
		plane,
		rights,
		audit,
		operatorsNow: standing,
		stepsOf,
		heartbeatTimeoutSeconds: parts.heartbeatTimeoutSeconds,
		onEnded(job: JobRow, { state, trouble }: { readonly state: string; readonly trouble: string | null }) {
			keys.forget(job.id);
			logger[state === 'DONE' ? 'info' : 'error'](
				{ job: job.id, kind: job.kind, firm: job.firmId, state, ...(trouble && { code: trouble }) },
				'a job has ended',
			);
		},
	};
	const compare = createProvenMismatchFinder({ plane: rightsPlane, rights, tombstones });
	const aging = repeat(() => rotateAgedKeys({ plane: rightsPlane, rights, audit, days: config.keyring.days }), {
		clock,
		period: ROTATION_CHECK_PERIOD,
		onFailure: (error) => logger.error({ err: error }, 'could not check for data keys due for rotation'),
		onRecovery: () => logger.info({}, 'checking for data keys due for rotation works again'),
	});
	const replaying = repeat(
		async () =>
			(await replayErasures({
				plane: rightsPlane,
				rights,
				audit,
				tombstones,
				compare,
				signal: stopping.signal,
				onUnproven: ({ id, firmId }) =>
					logger.error(
						{ job: id, firm: firmId },
						'an erasure record could not be proven: nothing is erased because of it',
					),
			})) > 0,
		{
			clock,
			period: REPLAY_PERIOD,
			onFailure: (error) => logger.error({ err: error }, 'could not read erasure records'),
			onRecovery: () => logger.info({}, 'reading erasure records works again'),
		},
	);
	/** `sitting`: those that wait for people keep no other from its turn. */
	const run = (sitting: boolean) => {
		let firmsFirst = false;
		return repeat(
			async () => {
				firmsFirst = !firmsFirst;
				const turn = await runNextPage({ ...turning, interactive: sitting, firmsFirst });
				if (!sitting) keys.forgetUnused();
				return turn === 'BUSY' ? BUSY_PERIOD : turn !== 'IDLE';
			},
			{
				clock,
				period: PERIOD,
				onFailure: (error) => logger.error({ err: error }, 'could not run jobs: retrying'),
				onRecovery: () => logger.info({}, 'running jobs works again'),
			},
		);
	};
	const running = [run(false), run(true)];
	return {
		async stop() {
			stopping.abort();
			await Promise.all([...running, aging, replaying, anchors].map((each) => each.stop()));
			keys.purge();
			await refusals.stop();
			await Promise.all([plane.close(), rightsPlane.close(), refusalPlane.close(), logPlane.close()]);
		},
	};
}

/** Every sealed column, and each table with content by its SQL names. */
function readContent(): {
	readonly fields: readonly SealedField[];
	readonly tables: readonly ContentTable[];
	readonly moving: readonly FieldMove[];
} {
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

interface JobKeys {
	readonly firm: string;
	readonly maintenance: Maintenance;
	readonly renewal: KeyRenewal;
	readonly purge: () => void;
	usedAt: number;
}

interface JobKeysParts extends Pick<JobRunnerParts, 'config' | 'clock' | 'audit'> {
	readonly fieldsOf: () => readonly SealedField[];
	readonly keyring: Keyring;
	readonly signer: Keyring;
	readonly plane: ReturnType<typeof openPlaneOf>;
	readonly refusals: Pick<RefusalFeed, 'report'>;
	readonly onUnrecorded: (error: unknown, firm: string) => void;
}

/** Of the platform's keys they open, or bring back, what signs the log too: with the signer's keyring, since the worker's never does. */
const KINDS_WITH_SIGNER_KEYS: ReadonlySet<JobRow['kind']> = new Set(['ESCROW', 'RECOVER']);

/** Milliseconds after which a job that had no turn has no keys here any more. */
const UNUSED_KEYS_TTL = 60_000;

/** Keys come with a job and go with it, and with what any process hears of refusals: none is at hand for another job. */
function createJobKeyCache({
	config,
	clock,
	keyring,
	signer,
	plane,
	audit,
	refusals,
	onUnrecorded,
	fieldsOf,
}: JobKeysParts) {
	const byJob = new Map<string, JobKeys>();
	const aead = createNodeAead();
	const plain = openPlainValues(config);
	function open({ id, firmId: firm, kind }: JobRow): JobKeys {
		const store = createDataKeyStore(plane.forJob(id));
		const onEvent = (event: DataKeyEvent) => {
			if (event.outcome === 'REFUSED') refusals.report(event.firm);
			audit.append([systemEntry('worker', keyEventAct(event), id)]).catch((error: unknown) => {
				dataKeys.purge();
				onUnrecorded(error, event.firm);
			});
		};
		const dataKeys = createDataKeys({
			keyring,
			store,
			aead,
			fields: fieldsOf(),
			ttlSeconds: config.keyring.cacheSeconds,
			maxKeys: MOST_KEYS,
			clock,
			onEvent,
		});
		const renewal = createKeyRenewal({ keyring, store, onEvent });
		return {
			firm,
			maintenance: createMaintenance({ dataKeys, aead, plaintext: plain }),
			renewal:
				firm === PLATFORM_FIRM_ID && KINDS_WITH_SIGNER_KEYS.has(kind)
					? withSigner(renewal, createKeyRenewal({ keyring: signer, store, onEvent }))
					: renewal,
			purge: () => dataKeys.purge(),
			usedAt: 0,
		};
	}
	function forget(id: string): void {
		byJob.get(id)?.purge();
		byJob.delete(id);
	}
	return {
		of(job: JobRow): JobKeys {
			const keys = byJob.get(job.id) ?? open(job);
			keys.usedAt = clock.now();
			byJob.set(job.id, keys);
			return keys;
		},
		forget,
		forgetUnused() {
			for (const [id, { usedAt }] of byJob) if (clock.now() - usedAt > UNUSED_KEYS_TTL) forget(id);
		},
		purge(firm?: string) {
			for (const keys of byJob.values()) if (firm === undefined || keys.firm === firm) keys.purge();
		},
	};
}
