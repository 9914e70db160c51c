import { createSchema, type Logger, movingFields, TABLE_OF } from '../api/index.ts';
import { systemEntry } from '../audit/index.ts';
import type { AppendingLog } from '../audit-log/index.ts';
import type { Clock, Repetition } from '../clock/index.ts';
import { repeat } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import { createMaintenance, keyAct, type Maintenance } from '../content/index.ts';
import { createDataKeyStore, type JobRow, sealedColumns, selectAllFirms } from '../database/index.ts';
import type { ClearStore, ObjectStore } from '../documents/index.ts';
import {
	askForJob,
	type ContentTable,
	compareProven,
	LISTED,
	type MovingField,
	replayErasures,
	rotateAged,
	selectStanding,
	stepsOver,
	takeTurn,
} from '../jobs/index.ts';
import {
	createDataKeys,
	createKeyRenewal,
	type DataKeyEvent,
	type KeyRenewal,
	type Keyring,
	PLATFORM,
	type SealedField,
	withSigner,
} from '../keys/index.ts';
import {
	createNodeAead,
	type DatabaseAccess,
	openClearObjects,
	openKeyring,
	openPlainValues,
	openPlaneOf,
	openRights,
	openTombstones,
	type RefusalWatch,
	watchRefusals,
} from '../wiring/index.ts';
import { watchAnchors } from './anchor-standing.ts';
import { tellSight, tellTrouble } from './key-trouble.ts';

export interface JobsParts {
	readonly config: Config;
	readonly clock: Clock;
	readonly database: DatabaseAccess;
	readonly audit: AppendingLog;
	/** Where files are. */
	readonly store: ObjectStore;
	readonly logger: Logger;
	/** Seconds that whatever a process still holds of an older key is given to be written; 20 unless given. */
	readonly settleSeconds?: number;
	/** Columns of plaintext that are taken over; those that the tables declare unless given. */
	readonly moving?: readonly MovingField[];
	/** The signer's, for the platform's own keys; opened here unless given. */
	readonly signer?: Keyring;
	/** Seconds after which what a silent worker had begun is another's; as takeTurn() has it unless given. */
	readonly silenceSeconds?: number;
}

/** Milliseconds between two looks for something to do, and those that a worker waits which meets others at it. */
const PERIOD = 500;
const MOMENT = 25;

/** Milliseconds between two looks for what is to be erased again. */
const REPLAYING = 10_000;

/** Milliseconds between two looks for data keys that have sealed for too long. */
const AGING = 3_600_000;

/**
 * More than a statement of a request may take (database/connection.ts): by then what was sealed under a key that a process had at hand a
 * second after the rotation is written.
 */
const SETTLING = 20;

/** Keys of a firm and class: its versions. */
const MOST_KEYS = 1_000;

/** Does the jobs of maintenance, one page at a time. Any number of workers may. */
export async function startJobs(parts: JobsParts): Promise<Repetition> {
	const { config, clock, database, audit, store, logger, settleSeconds = SETTLING } = parts;
	const plane = openPlaneOf(database, 'firmseal_maintenance', 4);
	const rightsPlane = openPlaneOf(database, 'firmseal_worker', 1);
	const stopping = new AbortController();
	const tombstones = await openTombstones(config);
	const keyring = await openKeyring(config, 'worker', tellTrouble('worker', logger));
	const signer = parts.signer ?? (await openKeyring(config, 'signer', tellTrouble('signer', logger)));
	const onUnrecorded = (error: unknown, firm: string) =>
		logger.error({ err: error, firm }, 'the use of a key could not be recorded');
	const refusalPlane = openPlaneOf(database, 'firmseal_worker', 1);
	const refusals = watchRefusals({ clock, plane: refusalPlane, ...tellSight(logger, 'worker') });
	const rights = openRights({ plane: rightsPlane, keyring, audit, config, refusals, clock, onUnrecorded });
	const logPlane = openPlaneOf(database, 'firmseal_log', 1);
	const anchors = await watchAnchors({ config, clock, plane: logPlane, withTombstones: false, logger });
	// Read when there is something to do: most workers start without.
	let content: ReturnType<typeof readContent> | undefined;
	const contentOf = () => {
		content ??= readContent();
		return content;
	};
	let clear: Promise<ClearStore> | undefined;
	const openClear = () => {
		clear ??= openClearObjects(config).catch((error: unknown) => {
			clear = undefined;
			throw error;
		});
		return clear;
	};
	const keys = keysOfJobs({
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
	refusals.watchOver(keys);
	const standing = () => rightsPlane.read(null, selectStanding);
	const stepsOf = (job: JobRow) =>
		stepsOver({
			keyring,
			standing,
			tables: contentOf().tables,
			moving: parts.moving ?? contentOf().moving,
			directory: database.files ?? null,
			firms: async () => (await rightsPlane.read(null, selectAllFirms)).map(({ id }) => id),
			ask: (request) =>
				askForJob({ plane: rightsPlane, rights }, request, {
					on: 'worker',
					user: null,
					record: (act) => audit.append([systemEntry('worker', act)]),
				}),
			clock,
			settleSeconds,
			rights,
			tombstones,
			isClosed: () => anchors.refusalFor('firm') !== null,
			installation: config.installation,
			store,
			openClear,
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
		standing,
		stepsOf,
		silenceSeconds: parts.silenceSeconds,
		onEnded(job: JobRow, { state, trouble }: { readonly state: string; readonly trouble: string | null }) {
			keys.forget(job.id);
			logger[state === 'DONE' ? 'info' : 'error'](
				{ job: job.id, kind: job.kind, firm: job.firmId, state, ...(trouble && { code: trouble }) },
				'a job has ended',
			);
		},
	};
	const compare = compareProven({ plane: rightsPlane, rights, tombstones });
	const aging = repeat(() => rotateAged({ plane: rightsPlane, rights, audit, days: config.keyring.days }), {
		clock,
		period: AGING,
		onFailure: (error) => logger.error({ err: error }, 'old data keys could not be looked for'),
		onRecovery: () => logger.info({}, 'old data keys are looked for again'),
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
					logger.error({ job: id, firm: firmId }, 'a tombstone is not proven: nothing is erased by it'),
			})) > 0,
		{
			clock,
			period: REPLAYING,
			onFailure: (error) => logger.error({ err: error }, 'tombstones could not be looked at'),
			onRecovery: () => logger.info({}, 'tombstones are looked at again'),
		},
	);
	/** `sitting`: those that wait for people keep no other from its turn. */
	const run = (sitting: boolean) => {
		let firmsFirst = false;
		return repeat(
			async () => {
				firmsFirst = !firmsFirst;
				const turn = await takeTurn({ ...turning, sitting, firmsFirst });
				if (!sitting) keys.forgetUnused();
				return turn === 'BUSY' ? MOMENT : turn !== 'IDLE';
			},
			{
				clock,
				period: PERIOD,
				onFailure: (error) => logger.error({ err: error }, 'jobs could not be worked on, and are tried again'),
				onRecovery: () => logger.info({}, 'jobs are worked on again'),
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
	readonly moving: readonly MovingField[];
} {
	const { registry } = createSchema();
	const columns = sealedColumns(TABLE_OF);
	const nameOf = (coordinate: string) =>
		columns.find(({ typeName, fieldName }) => `${typeName}.${fieldName}` === coordinate)?.column ?? '';
	return {
		moving: movingFields(registry),
		fields: [...registry.fields, LISTED],
		tables: registry.tables.map(({ table, class: of, fields }) => ({
			table,
			class: of,
			columns: fields.map((field) => ({ name: nameOf(field.coordinate), coordinate: field.coordinate, field })),
		})),
	};
}

interface KeysOfJob {
	readonly firm: string;
	readonly maintenance: Maintenance;
	readonly renewal: KeyRenewal;
	readonly purge: () => void;
	usedAt: number;
}

interface KeysParts extends Pick<JobsParts, 'config' | 'clock' | 'audit'> {
	readonly fieldsOf: () => readonly SealedField[];
	readonly keyring: Keyring;
	readonly signer: Keyring;
	readonly plane: ReturnType<typeof openPlaneOf>;
	readonly refusals: Pick<RefusalWatch, 'tell'>;
	readonly onUnrecorded: (error: unknown, firm: string) => void;
}

/** Of the platform's keys they open, or bring back, what signs the log too: with the signer's keyring, since the worker's never does. */
const WITH_SIGNER: ReadonlySet<JobRow['kind']> = new Set(['ESCROW', 'RECOVER']);

/** Milliseconds after which a job that had no turn has no keys here any more. */
const UNUSED = 60_000;

/** Keys come with a job and go with it, and with what any process hears of refusals: none is at hand for another job. */
function keysOfJobs({ config, clock, keyring, signer, plane, audit, refusals, onUnrecorded, fieldsOf }: KeysParts) {
	const byJob = new Map<string, KeysOfJob>();
	const aead = createNodeAead();
	const plain = openPlainValues(config);
	function open({ id, firmId: firm, kind }: JobRow): KeysOfJob {
		const store = createDataKeyStore(plane.forJob(id));
		const onEvent = (event: DataKeyEvent) => {
			if (event.outcome === 'REFUSED') refusals.tell(event.firm);
			audit.append([systemEntry('worker', keyAct(event), id)]).catch((error: unknown) => {
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
			maintenance: createMaintenance({ dataKeys, aead, plain }),
			renewal:
				firm === PLATFORM && WITH_SIGNER.has(kind)
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
		of(job: JobRow): KeysOfJob {
			const keys = byJob.get(job.id) ?? open(job);
			keys.usedAt = clock.now();
			byJob.set(job.id, keys);
			return keys;
		},
		forget,
		forgetUnused() {
			for (const [id, { usedAt }] of byJob) if (clock.now() - usedAt > UNUSED) forget(id);
		},
		purge(firm?: string) {
			for (const keys of byJob.values()) if (firm === undefined || keys.firm === firm) keys.purge();
		},
	};
}
