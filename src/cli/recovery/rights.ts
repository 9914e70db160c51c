import { type DatabaseCheck, selectRightsInForce } from '../../database/index.ts';
import type { Installation } from '../../wiring/index.ts';
import type { LoggedActions } from './logged-actions.ts';
import { shortenList } from './shorten-list.ts';

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
	const mends = [
		members.length > 0 && `An owner removes again (removeMember): ${shortenList(members)}.`,
		operators.length > 0 && `Run \`firmseal operator disable\` for the users ${shortenList(operators)}.`,
		firms.length > 0 && `Run \`firmseal firm suspend\` for ${shortenList(firms)}.`,
	].filter((mend) => mend !== false);
	const check = 'nobody has a right again that was taken by the log';
	return [{ check, ok: mends.length === 0, mend: mends.length === 0 ? null : mends.join(' ') }];
}
