import type { Installation } from '../../tools/screenshots/installation.ts';

export const OWNER = 'owner@northgate.example';
const APPROVER = 'approver@platform.example';
const OPERATOR = 'operator@platform.example';
const TICKET = 'SUP-4711';

/** A lease on the notes of the demo's first firm: asked for, approved by both sides, used and ended. */
export async function useLease({ as, ask }: Installation): Promise<{ readonly firm: string; readonly ticket: string }> {
	const { viewer } = (await ask(OWNER, '{ viewer { firm { id } } }')) as { viewer: { firm: { id: string } } };
	const why = ['--purpose', 'CUSTOMER_SUPPORT', '--ticket', TICKET, '--reason', 'The notes show no text since Monday.'];
	const scope = ['--class', 'NOTE', '--coordinate', 'Note.title', '--budget', '10', '--minutes', '15'];
	const asked = JSON.parse(await as(OPERATOR, 'lease', 'request', '--firm', 'northgate', ...why, ...scope, '--json'));
	const { id, requestHash } = asked.result.lease as { id: string; requestHash: string };
	for (const email of [OWNER, APPROVER]) await as(email, 'lease', 'approve', '--lease', id, '--hash', requestHash);
	await as(OPERATOR, 'lease', 'activate', '--lease', id);
	await as(OPERATOR, 'lease', 'use', '--lease', id, '--type', 'notes', '--first', '3');
	await as(OWNER, 'lease', 'revoke', '--lease', id);
	return { firm: viewer.firm.id, ticket: TICKET };
}
