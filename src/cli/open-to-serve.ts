import { type DatabaseAccess, openDatabase } from '../compose.ts';
import type { Config } from '../config.ts';
import { holdSoleStart } from '../database/index.ts';
import { SetupError } from '../errors.ts';

/**
 * The database of a process that serves. On the embedded server it serves alone, because it stops the server in the end;
 * `alone` asks for that anywhere.
 * @throws SetupError when another process has the place.
 */
export async function openToServe(config: Config, { alone }: { readonly alone: boolean }): Promise<DatabaseAccess> {
	const database = await openDatabase(config);
	const { firm, operator, worker, broker } = config.database;
	const isEmbedded = [firm, operator, worker, broker].every((url) => url === null);
	if (!alone && !isEmbedded) return database;
	const sole = await holdSoleStart(database.admin ?? database.direct ?? database.firm);
	if (!sole)
		throw new SetupError('Firmseal runs on this data directory already: stop it first, or set FIRMSEAL_DATA_DIR.');
	return {
		...database,
		async stop() {
			await sole.release();
			await database.stop();
		},
	};
}
