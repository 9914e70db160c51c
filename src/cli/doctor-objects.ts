import { openAnchors, openObjects } from '../compose.ts';
import type { Config } from '../config.ts';
import { countNeglectedObjects, type Finding } from '../database/index.ts';
import type { Installation } from '../installation.ts';
import { tell } from './command.ts';

/** What doctor says of the object store: whether it can be used, how it is set up, and whether a worker keeps it clear; and of the anchors. */
export async function inspectObjects(config: Config, { worker }: Installation): Promise<Finding[]> {
	const neglected = await worker.read(null, countNeglectedObjects);
	return [
		...(await inspectStore('the object store can be used', () => openObjects(config))),
		...(await inspectStore('the log’s anchors can be reached', () => openAnchors(config))),
		{
			check: 'a worker deletes what is nobody’s file any more within ten minutes',
			ok: neglected === 0,
			mend: neglected === 0 ? null : `${neglected} wait longer: run \`firmseal worker\` and read its log.`,
		},
	];
}

interface Store {
	check(): Promise<void>;
	inspect(): Promise<readonly Finding[]>;
}

async function inspectStore(check: string, open: () => Promise<Store>): Promise<Finding[]> {
	try {
		const store = await open();
		await store.check();
		return [{ check, ok: true, mend: null }, ...(await store.inspect())];
	} catch (error) {
		return [{ check, ok: false, mend: tell(error).message }];
	}
}
