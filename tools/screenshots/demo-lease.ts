import type { Installation } from './installation.ts';

export const OWNER = 'owner@northgate.example';
export const OPERATOR = 'operator@platform.example';
export const APPROVER = 'approver@platform.example';

export const TICKET = 'SUP-4711';
export const REASON = 'The firm cannot open this note since Monday.';

export interface DemoLease {
	/** Id of the demo's first firm. */
	readonly firm: string;
	readonly id: string;
	readonly hash: string;
}

/** Asks for a lease on the titles of the notes of the demo's first firm. */
export async function requestLease({ as, ask }: Installation): Promise<DemoLease> {
	const { viewer } = (await ask(OWNER, '{ viewer { firm { id } } }')) as { viewer: { firm: { id: string } } };
	const scope = ['--class', 'NOTE', '--coordinate', 'Note.title', '--budget', '10', '--minutes', '15'];
	const why = ['--purpose', 'CUSTOMER_SUPPORT', '--ticket', TICKET, '--reason', REASON];
	const asked = JSON.parse(await as(OPERATOR, 'lease', 'request', '--firm', 'northgate', ...why, ...scope, '--json'));
	const { id, requestHash } = asked.result.lease as { id: string; requestHash: string };
	return { firm: viewer.firm.id, id, hash: requestHash };
}

/** Both sides approve the lease, its operator reads under it, and the firm ends it. */
export async function useLease({ as }: Installation, { id, hash }: DemoLease): Promise<void> {
	for (const email of [OWNER, APPROVER]) await as(email, 'lease', 'approve', '--lease', id, '--hash', hash);
	await as(OPERATOR, 'lease', 'activate', '--lease', id);
	await as(OPERATOR, 'lease', 'use', '--lease', id, '--type', 'notes', '--first', '3');
	await as(OWNER, 'lease', 'revoke', '--lease', id);
}
