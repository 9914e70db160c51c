import { type DatabaseCheck, selectJobListing } from '../../database/index.ts';
import type { Installation } from '../../wiring/index.ts';
import type { LoggedActions } from './logged-actions.ts';
import { shortenList } from './shorten-list.ts';

/** Looked at: more are not open at a time but by a program that has gone wrong. */
const MOST = 10_000;

/** A job that goes on where the copy has it is as good as one that was cut off; one that has ended since is refused by whoever would do it. */
export async function inspectJobs(
	{ worker }: Pick<Installation, 'worker'>,
	{ endedJobs }: Pick<LoggedActions, 'endedJobs'>,
): Promise<DatabaseCheck[]> {
	const open = await worker.read(null, (tx) => selectJobListing(tx, { firm: null, open: true, most: MOST }));
	const again = open.filter(({ id }) => endedJobs.has(id));
	const goesOn = open.length - again.length;
	const check = `no job would be done again that has ended by the log${goesOn > 0 ? `; ${goesOn} that have not go on with the worker: \`firmseal job list --open\`` : ''}`;
	const mend = `A worker refuses them: run \`firmseal job cancel --job ID\` for ${shortenList(again.map(({ id, kind }) => `${id} (${kind})`))} before one starts, and ask anew for what is wanted again.`;
	return [{ check, ok: again.length === 0, mend: again.length === 0 ? null : mend }];
}
