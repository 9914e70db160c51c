import type { BackgroundTask } from '../../clock/index.ts';
import type { Config } from '../../config/index.ts';
import { acquireStartLock, databaseAddressOf } from '../../database/index.ts';
import { SetupError } from '../../errors.ts';
import { type DatabaseAccess, openDatabase } from '../../wiring/index.ts';
import { currentIo } from '../io.ts';
import { settingsOf } from '../print/index.ts';
import { type SupervisedDatabase, superviseDatabase } from './supervise-database.ts';

interface ServedDatabase extends DatabaseAccess {
	/** Starts the embedded server again whenever it ends by itself; resolves when that does not help any more. */
	supervise(report: Pick<SupervisedDatabase, 'logger' | 'say'>): Promise<SetupError>;
}

interface ServeOptions {
	readonly alone: boolean;
	/** Gives up what is under way. */
	readonly signal?: AbortSignal;
}

/** Another one has the database that the settings name. */
function databaseInUseError({ database }: Config, url: string): SetupError {
	const address = databaseAddressOf(url);
	const settings = settingsOf(database, (each) => each.database === address?.database);
	return new SetupError(
		`Firmseal runs on the database ${address?.database} at ${address?.host} already: stop it first, or set ${settings} to another database.`,
	);
}

/**
 * The database of a process that serves. On the embedded server it serves alone, because it stops the server in the end;
 * `alone` asks for that anywhere.
 * @throws SetupError when another process has the place.
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
		throw new SetupError('Firmseal runs on this data directory already: stop it first, or set FIRMSEAL_DATA_DIR.');
	};
	// Without the place nothing is stopped: an embedded server may be another process's, and one that this process began ends with it.
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
