import {
	type DatabaseCheck,
	databaseCheck,
	selectJobListing,
	selectRightsInForce,
	selectUnendedLeases,
} from '../../database/index.ts';
import { type Installation, openPlaneOf } from '../../wiring/index.ts';
import { shortenList } from '../command.ts';
import type { LoggedActions } from './logged-actions.ts';

/** Finds leases that were approved before the copy was made: they may have ended since, so they must be requested again. `acts` is null if the log can't be trusted. */
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
			`${acts ? 'Run' : 'Restoring the log ends all of them. If you don’t restore it, run'} \`firmseal lease revoke --lease ID\` for ${named(toRevoke)}, before operators can reach the API.`,
		toDeny.length > 0 && `An owner or an approver must deny ${named(toDeny)} (denyBreakGlass).`,
	].filter((fix) => fix !== false);
	const check = 'no lease from before the restore can be used';
	return [databaseCheck(check, fixes.join(' ') || null)];
}

async function readOpen(database: Installation['database']) {
	const plane = openPlaneOf(database, 'firmseal_operator', 1);
	try {
		return await plane.read(null, selectUnendedLeases);
	} finally {
		await plane.close();
	}
}

/** The most jobs to read: more are open at a time only after a fault of the program. */
const MAX_JOBS = 10_000;

/** Finds open jobs that have ended by the log: a worker refuses them. Other open jobs continue where the copy has them, as after an interruption. */
export async function inspectJobs(
	{ worker }: Pick<Installation, 'worker'>,
	{ endedJobs }: Pick<LoggedActions, 'endedJobs'>,
): Promise<DatabaseCheck[]> {
	const open = await worker.read(null, (tx) => selectJobListing(tx, { firm: null, open: true, most: MAX_JOBS }));
	const again = open.filter(({ id }) => endedJobs.has(id));
	const goesOn = open.length - again.length;
	const check = `no job that has ended by the log is open${goesOn > 0 ? `; a worker continues the other ${goesOn}: \`firmseal job list --open\`` : ''}`;
	const fix = `Workers refuse these jobs. Before you start one, run \`firmseal job cancel --job ID\` for ${shortenList(again.map(({ id, kind }) => `${id} (${kind})`))}. Then request again what you still want.`;
	return [databaseCheck(check, again.length === 0 ? null : fix)];
}

/** Finds rights that were taken away after the copy was made: the copy has them again, with valid proofs. */
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
		members.length > 0 && `An owner must remove again (removeMember): ${shortenList(members)}.`,
		operators.length > 0 && `Run \`firmseal operator disable\` for the users ${shortenList(operators)}.`,
		firms.length > 0 && `Run \`firmseal firm suspend\` for ${shortenList(firms)}.`,
	].filter((fix) => fix !== false);
	const check = 'no one has a right again that was taken away by the log';
	return [databaseCheck(check, fixes.join(' ') || null)];
}
