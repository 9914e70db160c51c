import { existsSync } from 'node:fs';
import type { Config } from '../../config/index.ts';
import { countKnownObjects, countOverdueObjects, type DatabaseCheck, databaseCheck } from '../../database/index.ts';
import { anchorsDirectory, type Installation, objectsDirectory, openAnchors, openObjects } from '../../wiring/index.ts';
import { plural, toCommandError } from '../command.ts';

/** Whether the object store can be used, how it is set up, and whether a worker deletes unused objects. The same for the anchors' store. */
export async function inspectObjects(config: Config, { worker }: Installation): Promise<DatabaseCheck[]> {
	const neglected = await worker.read(null, countOverdueObjects);
	return [
		...(await inspectStore('the object store can be used', {
			directory: objectsDirectory(config),
			open: () => openObjects(config, { createDirectory: false }),
			async absent(directory) {
				const { stored } = await worker.read(null, countKnownObjects);
				if (stored === 0)
					return { ok: null, fix: `${directory} does not exist yet: an API creates it when it starts.` };
				return {
					ok: false,
					fix: `${directory} is missing, and with it the objects of ${plural(stored, 'file')}: restore it from a backup.`,
				};
			},
		})),
		...(await inspectStore('the log’s anchors can be reached', {
			directory: anchorsDirectory(config),
			open: () => openAnchors(config, { createDirectory: false }),
			absent: async (directory) => ({
				ok: null,
				fix: `${directory} does not exist: a worker creates it when it starts. If it existed before, restore it from a backup.`,
			}),
		})),
		databaseCheck(
			'no object without a file waits for a worker for more than ten minutes',
			neglected === 0
				? null
				: `${plural(neglected, 'object waits', 'objects wait')} longer: run \`firmseal worker\` and read its log.`,
		),
	];
}

interface Store {
	check(): Promise<void>;
	inspect(): Promise<readonly DatabaseCheck[]>;
}

interface InspectedStore {
	/** The store's directory on this machine. null if the store is elsewhere. */
	readonly directory: string | null;
	readonly open: () => Promise<Store>;
	/** What it means if the directory is missing. Doctor creates none. */
	readonly absent: (directory: string) => Promise<Omit<DatabaseCheck, 'check'>>;
}

async function inspectStore(check: string, { directory, open, absent }: InspectedStore): Promise<DatabaseCheck[]> {
	if (directory !== null && !existsSync(directory)) return [{ check, ...(await absent(directory)) }];
	try {
		const store = await open();
		await store.check();
		return [databaseCheck(check, null), ...(await store.inspect())];
	} catch (error) {
		return [databaseCheck(check, toCommandError(error).message)];
	}
}
