import { accountDisplayName, type RecoveryView } from '../../firms/index.ts';
import { markedRows } from '../print/index.ts';

/** All of the recovery of an owner that who agrees to it, or completes it, has to read. */
export function recoveryLines({ recovery, nextOwner, displayNames, requestHash }: RecoveryView): string {
	const { id, requestedAt, approvedAt, possibleAt } = recovery;
	const { place } = nextOwner;
	const by = (name: string, at: Date | null) => `${name}, on ${at?.toISOString()}`;
	const ended = place?.removedAt ? `, removed on ${place.removedAt.toISOString()}` : '';
	return markedRows([
		['recovery', id],
		['state', displayNames.approvedBy === null ? 'waits for another approver' : 'agreed to'],
		['firm', displayNames.firm],
		['new owner', accountDisplayName(nextOwner)],
		['now', place === null ? 'not of the firm' : `${place.role}${ended}`],
		['person', nextOwner.personId],
		['signs in as', `${nextOwner.subject}, at ${nextOwner.issuer}`],
		['asked for by', by(displayNames.requestedBy, requestedAt)],
		...(displayNames.approvedBy === null ? [] : [['agreed to by', by(displayNames.approvedBy, approvedAt)] as const]),
		[
			'done',
			possibleAt === null
				? '72 hours after a server of the firm’s plane has seen both agree, unless an owner calls it off'
				: `from ${possibleAt.toISOString()} on, unless an owner calls it off`,
		],
		['request hash', requestHash],
	]);
}
