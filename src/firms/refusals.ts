import { type SignedIn, whyNotFresh } from '../access/index.ts';
import type { Access } from '../content/index.ts';
import { selectNow, type Transaction } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { Desk } from './desk.ts';

/**
 * Tells the log and those on call of a row that SQL has put there or changed. `record`: its id.
 * @throws FirmsealError FORBIDDEN with the sentence.
 */
export async function refuseUnproven(
	{ content, onUnproven }: Pick<Desk, 'content' | 'onUnproven'>,
	{ firm, access, record }: { readonly firm: string; readonly access: Access; readonly record: string },
	sentence: string,
): Promise<never> {
	onUnproven?.({ firm, lease: null });
	await content.record(access, {
		action: 'rights.refuse',
		decision: 'DENIED',
		reason: 'FORBIDDEN',
		firm,
		records: [record],
	});
	throw new FirmsealError('FORBIDDEN', sentence);
}

/** By the database's clock; `act` as in whyNotFresh(). @throws FirmsealError FORBIDDEN */
export async function assertFresh(tx: Transaction, act: string, signedIn: SignedIn): Promise<void> {
	const stale = whyNotFresh(act, signedIn, await selectNow(tx));
	if (stale) throw new FirmsealError('FORBIDDEN', stale);
}

export const busy = () => new FirmsealError('CONFLICT', 'Others changed the same at this moment: repeat it.');
