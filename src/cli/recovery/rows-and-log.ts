import { type DatabaseCheck, selectUnendedLeases } from '../../database/index.ts';
import type { Installation } from '../../wiring/index.ts';
import { openPlaneOf } from '../../wiring/index.ts';
import type { LoggedActions } from './logged-actions.ts';
import { shortenList } from './shorten-list.ts';

/** A lease that was agreed to before the copy was made must be asked for anew: by now it may have ended. null: the log can't be asked. */
export async function inspectOpenLeases(
	{ database }: Pick<Installation, 'database'>,
	acts: Pick<LoggedActions, 'endedLeases'> | null,
): Promise<DatabaseCheck[]> {
	const open = await readOpen(database);
	const told = open.map(({ id, state }) => ({ id, state, hasEnded: acts?.endedLeases.has(id) ?? false }));
	const toRevoke = told.filter(({ state }) => state !== 'REQUESTED');
	const toDeny = told.filter(({ state, hasEnded }) => state === 'REQUESTED' && hasEnded);
	const named = (leases: typeof told) =>
		shortenList(leases.map(({ id, state, hasEnded }) => `${id} (${state}${hasEnded ? ', ended by the log' : ''})`));
	const mends = [
		toRevoke.length > 0 &&
			`${acts ? 'Run' : 'Putting the log back ends them all; where nothing is put back, run'} \`firmseal lease revoke --lease ID\` for ${named(toRevoke)}, before operators can reach the API.`,
		toDeny.length > 0 && `An owner or an approver denies ${named(toDeny)} (denyBreakGlass).`,
	].filter((mend) => mend !== false);
	const check = 'no lease from before the restore can be used';
	return [{ check, ok: mends.length === 0, mend: mends.length === 0 ? null : mends.join(' ') }];
}

async function readOpen(database: Installation['database']) {
	const plane = openPlaneOf(database, 'firmseal_operator', 1);
	try {
		return await plane.read(null, selectUnendedLeases);
	} finally {
		await plane.close();
	}
}
