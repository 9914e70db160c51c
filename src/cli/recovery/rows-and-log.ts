import {
	type DatabaseCheck,
	selectJobListing,
	selectRightsInForce,
	selectUnendedLeases,
} from '../../database/index.ts';
import type { Installation } from '../../wiring/index.ts';
import { openPlaneOf } from '../../wiring/index.ts';
import type { LoggedActions } from './logged-actions.ts';
import { shortenList } from './shorten-list.ts';

/** A lease that was agreed to before the copy was made must be asked for again: by now it may have ended. null: the log can't be asked. */
export async function inspectOpenLeases(
	{ database }: Pick<Installation, 'database'>,
	acts: Pick<LoggedActions, 'endedLeases'> | null,
): Promise<DatabaseCheck[]> {
	const open = await readOpen(database);
	const leases = open.map(({ id, state }) => ({ id, state, hasEnded: acts?.endedLeases.has(id) ?? false }));
	const toRevoke = leases.filter(({ state }) => state !== 'REQUESTED');
	const toDeny = leases.filter(({ state, hasEnded }) => state === 'REQUESTED' && hasEnded);
	const named = (some: typeof leases) =>
		shortenList(some.map(({ id, state, hasEnded }) => `${id} (${state}${hasEnded ? ', ended by the log' : ''})`));
	const fixes = [
		toRevoke.length > 0 &&
			`${acts ? 'Run' : 'Putting the log back ends them all; where nothing is put back, run'} \`firmseal lease revoke --lease ID\` for ${named(toRevoke)}, before operators can reach the API.`,
		toDeny.length > 0 && `An owner or an approver denies ${named(toDeny)} (denyBreakGlass).`,
	].filter((fix) => fix !== false);
	const check = 'no lease from before the restore can be used';
	return [{ check, ok: fixes.length === 0, fix: fixes.length === 0 ? null : fixes.join(' ') }];
}

async function readOpen(database: Installation['database']) {
	const plane = openPlaneOf(database, 'firmseal_operator', 1);
	try {
		return await plane.read(null, selectUnendedLeases);
	} finally {
		await plane.close();
	}
}

/** Read at most: only a program that has gone wrong has more of them open at a time. */
const MAX_JOBS = 10_000;

/** A job that goes on where the copy has it is as good as one that was cut off; a worker refuses one that has ended since. */
export async function inspectJobs(
	{ worker }: Pick<Installation, 'worker'>,
	{ endedJobs }: Pick<LoggedActions, 'endedJobs'>,
): Promise<DatabaseCheck[]> {
	const open = await worker.read(null, (tx) => selectJobListing(tx, { firm: null, open: true, most: MAX_JOBS }));
	const again = open.filter(({ id }) => endedJobs.has(id));
	const goesOn = open.length - again.length;
	const check = `no job would be done again that has ended by the log${goesOn > 0 ? `; ${goesOn} that have not go on with the worker: \`firmseal job list --open\`` : ''}`;
	const fix = `A worker refuses them: run \`firmseal job cancel --job ID\` for ${shortenList(again.map(({ id, kind }) => `${id} (${kind})`))} before one starts, and ask anew for what is wanted again.`;
	return [{ check, ok: again.length === 0, fix: again.length === 0 ? null : fix }];
}

/** Rights that were taken since the copy was made are back with it, proofs and all. */
export async function inspectRights(
	{ worker }: Pick<Installation, 'worker'>,
	{ removedMembers, disabledOperators, suspendedFirms }: LoggedActions,
): Promise<DatabaseCheck[]> {
	const inForce = await worker.read(null, selectRightsInForce);
	const back = (taken: ReadonlySet<string>, there: ReadonlySet<string>) => [...taken].filter((id) => there.has(id));
	const members = back(removedMembers, inForce.members).map((member) =>
		member.replace(/^(\S+) (\S+)$/, '$2 (of firm $1)'),
	);
	const operators = back(disabledOperators, inForce.operators);
	const firms = back(suspendedFirms, inForce.firms);
	const fixes = [
		members.length > 0 && `An owner removes again (removeMember): ${shortenList(members)}.`,
		operators.length > 0 && `Run \`firmseal operator disable\` for the users ${shortenList(operators)}.`,
		firms.length > 0 && `Run \`firmseal firm suspend\` for ${shortenList(firms)}.`,
	].filter((fix) => fix !== false);
	const check = 'nobody has a right again that was taken by the log';
	return [{ check, ok: fixes.length === 0, fix: fixes.length === 0 ? null : fixes.join(' ') }];
}
