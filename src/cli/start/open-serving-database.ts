import type { Logger } from '../../api/index.ts';
import type { BackgroundTask } from '../../clock/index.ts';
import type { Config } from '../../config/index.ts';
import { acquireStartLock, databaseAddressOf } from '../../database/index.ts';
import { SetupError } from '../../errors.ts';
import { type DatabaseAccess, openDatabase } from '../../wiring/index.ts';
import { currentIo } from '../io.ts';
import { settingsOf } from '../print/index.ts';
import { type SupervisedDatabase, superviseDatabase } from './supervise-database.ts';

interface ServedDatabase extends DatabaseAccess {
	/** Restarts the embedded server whenever it ends by itself. Resolves when restarts no longer help; never resolves for another server. */
	supervise(report: Pick<SupervisedDatabase, 'logger' | 'say'>): Promise<SetupError>;
}

interface ServeOptions {
	/** True to refuse a database on which another such process serves. */
	readonly alone: boolean;
	/** Aborts the opening. */
	readonly signal?: AbortSignal;
}

function databaseInUseError({ database }: Config, url: string): SetupError {
	const address = databaseAddressOf(url);
	const settings = settingsOf(database, (each) => each.database === address?.database);
	return new SetupError(
		`Firmseal already runs on the database ${address?.database} at ${address?.host}: stop it first, or set ${settings} to another database.`,
	);
}

/**
 * Opens the database of a process that serves. On the embedded server only one such process may run, because it stops the server when it
 * ends. `alone` requires the same of any server.
 * @throws SetupError if another process serves
 */
export async function openServingDatabase(config: Config, { alone, signal }: ServeOptions): Promise<ServedDatabase> {
	const database = await openDatabase(config, { mustExist: !alone, ...(signal && { signal }) });
	const { firm, operator, worker, broker } = config.database;
	const isEmbedded = [firm, operator, worker, broker].every((url) => url === null);
	if (!alone && !isEmbedded) return { ...database, supervise: () => new Promise(() => {}) };
	const direct = database.admin ?? database.direct ?? database.firm;
	const hold = async () => {
		const sole = await acquireStartLock(direct);
		if (sole) return sole;
		if (!isEmbedded) throw databaseInUseError(config, direct);
		throw new SetupError('Firmseal already runs on this data directory: stop it first, or set FIRMSEAL_DATA_DIR.');
	};
	// Without the lock this stops no server: the embedded server may be another process's, and this process's own ends with it.
	let sole = await hold();
	let kept: BackgroundTask | undefined;
	return {
		...database,
		supervise(report) {
			const { embedded } = database;
			if (!embedded) return new Promise(() => {});
			return new Promise((resolve) => {
				kept = superviseDatabase({
					clock: currentIo().clock,
					...report,
					log: embedded.log,
					isRunning: embedded.isRunning,
					async restart() {
						await embedded.restart();
						await sole.release().catch(() => {});
						sole = await hold();
					},
					onLost: resolve,
				});
			});
		},
		async stop(mode) {
			await kept?.stop();
			await sole.release();
			await database.stop(mode);
		},
	};
}

/**
 * Opens the database and calls `start` on it. The result's `keepRunning` resolves when the command is asked to stop, and throws if the embedded
 * server is lost.
 * @throws SetupError if another process serves; what `start` throws
 */
export async function serveUntilStopped<Running extends { stop(): Promise<unknown> }>(
	config: Config,
	start: (config: Config, database: DatabaseAccess, logger: Logger) => Promise<Running>,
): Promise<{ readonly running: Running; readonly keepRunning: () => Promise<void> }> {
	const stopped = currentIo().untilStopped();
	// Imported here, so that `firmseal token` doesn't load the API.
	const { createLogger } = await import('../../api/index.ts');
	const database = await openServingDatabase(config, { alone: false });
	const logger = createLogger({ level: config.log.level, destination: currentIo().log });
	const running = await start(config, database, logger).catch(async (error: unknown) => {
		await database.stop();
		throw error;
	});
	return {
		running,
		async keepRunning() {
			const why = await Promise.race([stopped, database.supervise({ logger, say: () => {} })]);
			await running.stop();
			await database.stop();
			if (why) throw why;
		},
	};
}
