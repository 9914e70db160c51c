import type { FirmRow } from '../database/index.ts';
import type { SeenRecovery } from '../firms/index.ts';
import type { Installation } from '../installation.ts';
import { markedRows } from './marked-rows.ts';
import { nameOf, nameOfFirm, namesOf } from './shown-names.ts';

/** All of the recovery of an owner that who agrees to it, or completes it, has to read. */
export async function recoveryLines(
	{ worker }: Pick<Installation, 'worker'>,
	firm: Pick<FirmRow, 'id' | 'slug' | 'name'>,
	{ recovery, next, requestHash }: SeenRecovery,
): Promise<string> {
	const { id, requestedBy, requestedAt, approvedBy, approvedAt, possibleAt } = recovery;
	const { place } = next;
	const named = await worker.read(null, (tx) =>
		namesOf(tx, approvedBy === null ? [requestedBy] : [requestedBy, approvedBy]),
	);
	const by = (user: string, at: Date | null) => `${named(user)}, on ${at?.toISOString()}`;
	const ended = place?.removedAt ? `, removed on ${place.removedAt.toISOString()}` : '';
	return markedRows([
		['recovery', id],
		['state', approvedBy === null ? 'waits for another approver' : 'agreed to'],
		['firm', nameOfFirm(firm)],
		['new owner', nameOf(next)],
		['now', place === null ? 'not of the firm' : `${place.role}${ended}`],
		['person', next.personId],
		['signs in as', `${next.subject}, at ${next.issuer}`],
		['asked for by', by(requestedBy, requestedAt)],
		...(approvedBy === null ? [] : [['agreed to by', by(approvedBy, approvedAt)] as const]),
		[
			'done',
			possibleAt === null
				? '72 hours after a server of the firm’s plane has seen both agree, unless an owner calls it off'
				: `from ${possibleAt.toISOString()} on, unless an owner calls it off`,
		],
		['request hash', requestHash],
	]);
}
