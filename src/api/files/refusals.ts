import type { FastifyReply, FastifyRequest } from 'fastify';
import { isSealedByFirm, reachOf } from '../../access/index.ts';
import { authorizationOf, type ContentSession, FILE_FIELDS } from '../../content/index.ts';
import { type FileReplacedError, type FoundFile, ObjectStoreError } from '../../documents/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type ActingMember, type RequestServices, toActingMember } from '../../firms/index.ts';
import { KeyUnavailableError } from '../../keys/index.ts';
import { firmOf, noteDenial, type RequestContext } from '../context.ts';
import { createProblem, sendProblem } from '../http/index.ts';
import type { Logger } from '../logger.ts';

/** Why the request may not open a file that it can see, tracked for the log; null if it may. */
export function whyFileDenied(session: ContentSession, { field, row }: FoundFile): FirmsealError | null {
	const denial = session.denialOf(field, row);
	if (denial === null) return null;
	session.trackWithheld(field, row, denial);
	if (denial === 'FIRM_CUSTODY') return fileInFirmCustodyError();
	if (session.authorization.plane !== 'operator') return new FirmsealError('NOT_FOUND', 'There is no such document.');
	return session.lease === null
		? new FirmsealError(
				'LEASE_REQUIRED',
				'A file opens only under a break-glass lease: request one, and name it in X-Firmseal-Lease.',
			)
		: new FirmsealError('LEASE_SCOPE', 'This file is outside the lease: ask only for files that the lease covers.');
}

/** Files of a firm whose devices seal its documents. */
const fileInFirmCustodyError = (): FirmsealError =>
	new FirmsealError(
		'FORBIDDEN',
		"Documents are in the firm's own custody: storing and fetching their files comes with a later version.",
	);

/** The member who uploads. @throws FirmsealError FORBIDDEN, recorded; KEY_UNAVAILABLE for a person whose rights can't be verified now. */
export async function authorizeUploader(
	context: RequestContext,
): Promise<{ readonly services: RequestServices; readonly acting: ActingMember }> {
	const { principal, services, requestId } = context;
	const session = services.content.begin(authorizationOf(principal, requestId, null));
	if (principal.kind !== 'firm' || reachOf(principal, 'createDocumentVersion') === null) {
		noteDenial(session, 'Mutation.createDocumentVersion', { firm: firmOf(context) });
		await services.content.settle(session);
		throw new FirmsealError('FORBIDDEN', 'Only people of a firm can upload files.');
	}
	if (!principal.proven)
		throw new KeyUnavailableError(
			'AWAY',
			"The key service is unavailable, so your rights can't be verified: try again later.",
		);
	if (isSealedByFirm(principal.custody, FILE_FIELDS.version.class)) throw fileInFirmCustodyError();
	return { services, acting: toActingMember(session, principal) };
}

/** A failed condition of the request has status 412; the status of the error's code would be 409. */
export function sendPreconditionFailed(
	{ code, message: detail }: FileReplacedError,
	{ id }: FastifyRequest,
	reply: FastifyReply,
) {
	return sendProblem(reply, createProblem({ status: 412, code, detail }, id));
}

/** Logs a failure of the object store. http/send-error.ts answers the caller. */
export function reportStoreFailure(error: unknown, logger: Logger, { id }: Pick<FastifyRequest, 'id'>): void {
	if (error instanceof ObjectStoreError)
		logger.error({ err: error, requestId: id, check: error.reason }, 'the object store failed');
}
