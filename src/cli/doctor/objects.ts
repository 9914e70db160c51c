import { existsSync } from 'node:fs';
import type { Config } from '../../config/index.ts';
import { countKnownObjects, countOverdueObjects, type DatabaseCheck } from '../../database/index.ts';
import type { Installation } from '../../wiring/index.ts';
import { anchorsDirectory, objectsDirectory, openAnchors, openObjects } from '../../wiring/index.ts';
import { toCommandError } from '../command.ts';

/** What doctor says of the object store: whether it can be used, how it is set up, and whether a worker keeps it clear; and of the anchors. */
export async function inspectObjects(config: Config, { worker }: Installation): Promise<DatabaseCheck[]> {
	const neglected = await worker.read(null, countOverdueObjects);
	return [
		...(await inspectStore('the object store can be used', {
			directory: objectsDirectory(config),
			open: () => openObjects(config, { createDirectory: false }),
			async absent(directory) {
				const { stored } = await worker.read(null, countKnownObjects);
				if (stored === 0) return { ok: null, mend: `${directory} is not there yet: an API makes it when it starts.` };
				return {
					ok: false,
					mend: `${directory} is gone, and with it the objects of ${stored} files: bring it back from a backup.`,
				};
			},
		})),
		...(await inspectStore('the log’s anchors can be reached', {
			directory: anchorsDirectory(config),
			open: () => openAnchors(config, { createDirectory: false }),
			absent: async (directory) => ({
				ok: null,
				mend: `${directory} is not there yet, or not any more: a worker makes it when it starts; if there was one, bring it back from a backup.`,
			}),
		})),
		{
			check: 'a worker deletes what is nobody’s file any more within ten minutes',
			ok: neglected === 0,
			mend: neglected === 0 ? null : `${neglected} wait longer: run \`firmseal worker\` and read its log.`,
		},
	];
}

interface Store {
	check(): Promise<void>;
	inspect(): Promise<readonly DatabaseCheck[]>;
}

interface InspectedStore {
	/** Where it is on this machine; null: elsewhere. */
	readonly directory: string | null;
	readonly open: () => Promise<Store>;
	/** What it means that there is no such directory. Doctor makes none. */
	readonly absent: (directory: string) => Promise<Omit<DatabaseCheck, 'check'>>;
}

async function inspectStore(check: string, { directory, open, absent }: InspectedStore): Promise<DatabaseCheck[]> {
	if (directory !== null && !existsSync(directory)) return [{ check, ...(await absent(directory)) }];
	try {
		const store = await open();
		await store.check();
		return [{ check, ok: true, mend: null }, ...(await store.inspect())];
	} catch (error) {
		return [{ check, ok: false, mend: toCommandError(error).message }];
	}
}
