import { hash } from 'node:crypto';
import type { Statement } from '../access/index.ts';
import { encodeContext } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';

/** SHA-256 of a request, in lower-case hex. A second person approves exactly the request with this hash. `kind` names the kind of request. */
export const hashApprovalRequest = (kind: string, statement: Statement): string =>
	hash('sha256', encodeContext([`firmseal/${kind}-request/v1`, ...statement]), 'hex');

/** `read`: the hash that the person has read. @throws FirmsealError CONFLICT if the request has another hash */
export function assertRequestHash(requestHash: string, read: string): void {
	if (requestHash !== read)
		throw new FirmsealError(
			'CONFLICT',
			'The hash does not match the request, which may have changed since you read it: read the request again before you decide.',
		);
}
