import { hash } from 'node:crypto';
import type { Statement } from '../access/index.ts';
import { encodeContext } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';

/** SHA-256 of all that was asked for, in lower-case hex: what another person agrees to who has read it. `kind`: what it is a request for. */
export const hashApprovalRequest = (kind: string, statement: Statement): string =>
	hash('sha256', encodeContext([`firmseal/${kind}-request/v1`, ...statement]), 'hex');

/** @throws FirmsealError CONFLICT for another request than the one that was read */
export function assertRequestHash(requestHash: string, read: string): void {
	if (requestHash !== read)
		throw new FirmsealError(
			'CONFLICT',
			'The hash does not match the request, which may have changed since you read it: read it again before you decide.',
		);
}
