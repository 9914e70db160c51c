import { type SignInTime, whyNotFresh } from '../access/index.ts';
import type { ContentSession } from '../content/index.ts';
import { selectNow, selectRevision, type Transaction } from '../database/index.ts';
import { FirmsealError, StaleSignInError } from '../errors.ts';
import type { RequestServices } from './acting-member.ts';
import type { WorkspaceType } from './workspace.ts';

/**
 * Reports a row that SQL has inserted or changed, to the log and to the people on call. `record`: its id.
 * @throws FirmsealError FORBIDDEN with the sentence.
 */
export async function refuseUnprovenRow(
	{ content, onUnproven }: Pick<RequestServices, 'content' | 'onUnproven'>,
	{ firm, session, record }: { readonly firm: string; readonly session: ContentSession; readonly record: string },
	sentence: string,
): Promise<never> {
	onUnproven?.({ firm, lease: null });
	await content.record(session, {
		action: 'rights.refuse',
		decision: 'DENIED',
		reason: 'FORBIDDEN',
		firm,
		records: [record],
	});
	throw new FirmsealError('FORBIDDEN', sentence);
}

/** Uses the database's clock. `act` as in whyNotFresh(). @throws FirmsealError FORBIDDEN */
export async function assertFreshSignIn(tx: Transaction, act: string, signedIn: SignInTime): Promise<void> {
	const stale = whyNotFresh(act, signedIn, await selectNow(tx));
	if (stale) throw new StaleSignInError(stale);
}

export const concurrentChangeError = () =>
	new FirmsealError('CONFLICT', 'Another change was made at the same time: try again.');

/** Why a write found no row of its revision. */
export async function missingOrStaleError(
	tx: Transaction,
	{ table, noun }: WorkspaceType,
	id: string,
): Promise<FirmsealError> {
	const revision = await selectRevision(tx, table, id);
	return revision === null
		? new FirmsealError('NOT_FOUND', `This ${noun} does not exist.`)
		: new FirmsealError('CONFLICT', `The ${noun} has changed to revision ${revision}: read it again, then repeat.`);
}
