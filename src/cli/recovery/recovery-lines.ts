import { nameOf, type SeenRecovery } from '../../firms/index.ts';
import { markedRows } from '../print/index.ts';

/** All of the recovery of an owner that who agrees to it, or completes it, has to read. */
export function recoveryLines({ recovery, next, called, requestHash }: SeenRecovery): string {
	const { id, requestedAt, approvedAt, possibleAt } = recovery;
	const { place } = next;
	const by = (name: string, at: Date | null) => `${name}, on ${at?.toISOString()}`;
	const ended = place?.removedAt ? `, removed on ${place.removedAt.toISOString()}` : '';
	return markedRows([
		['recovery', id],
		['state', called.approvedBy === null ? 'waits for another approver' : 'agreed to'],
		['firm', called.firm],
		['new owner', nameOf(next)],
		['now', place === null ? 'not of the firm' : `${place.role}${ended}`],
		['person', next.personId],
		['signs in as', `${next.subject}, at ${next.issuer}`],
		['asked for by', by(called.requestedBy, requestedAt)],
		...(called.approvedBy === null ? [] : [['agreed to by', by(called.approvedBy, approvedAt)] as const]),
		[
			'done',
			possibleAt === null
				? '72 hours after a server of the firm’s plane has seen both agree, unless an owner calls it off'
				: `from ${possibleAt.toISOString()} on, unless an owner calls it off`,
		],
		['request hash', requestHash],
	]);
}
