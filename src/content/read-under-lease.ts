import { FirmsealError } from '../errors.ts';
import type { ContentField, ContentRow } from './content-field.ts';
import { type ContentSession, contentEntry } from './content-session.ts';
import type { RequestedValue } from './lease-reader.ts';

type OpenStored = (session: ContentSession, field: ContentField, row: ContentRow, sealed: Uint8Array) => unknown;

/**
 * Reads a value under the request's lease and opens it. Values requested in one turn of the event loop form one batch: all encrypted fields
 * of a page, for example. A batch that was taken stays taken if a later one of the request is refused. Resolves with the value; rejects with the error that the caller is to see for it.
 * @throws FirmsealError INTERNAL if the session was begun without a reader of its lease.
 */
export function readInBatch(session: ContentSession, asked: RequestedValue, openStored: OpenStored): Promise<unknown> {
	session.assertLeaseReader();
	return new Promise((resolve, reject) => {
		// After all that this turn of the event loop asks for.
		if (session.waitingValues.push({ ...asked, resolve, reject }) === 1)
			setImmediate(() => void readWaitingBatch(session, openStored));
	});
}

/** Takes all that waits from the lease as one batch, and opens it. Once a batch was refused, nothing more is asked of the lease. */
async function readWaitingBatch(session: ContentSession, openStored: OpenStored): Promise<void> {
	const batch = session.waitingValues;
	session.waitingValues = [];
	try {
		if (session.batchError) throw session.batchError;
		const reader = session.assertLeaseReader();
		const stored = await reader.read(batch, (present) => recordIntent(session, present));
		reader.assertNotExpired();
		for (const [index, { field, row, resolve, reject }] of batch.entries()) {
			const sealed = stored[index];
			try {
				if (sealed) reader.assertNotExpired();
				resolve(sealed ? openStored(session, field, row, sealed) : null);
			} catch (error) {
				reject(error as Error);
			}
		}
	} catch (error) {
		session.batchError ??= error as Error;
		trackLeaseRefusal(session, error);
		for (const { reject } of batch) reject(error as Error);
	}
}

/** Takes one value from the lease, as a batch of its own: what is stored, which the caller opens. null: nothing. */
export async function readAlone(session: ContentSession, asked: RequestedValue): Promise<Uint8Array | null> {
	try {
		const reader = session.assertLeaseReader();
		const [stored = null] = await reader.read([asked], (present) => recordIntent(session, present));
		return stored;
	} catch (error) {
		trackLeaseRefusal(session, error);
		throw error;
	}
}

/** What is about to be read under the lease is on record before it is read. */
async function recordIntent(session: ContentSession, present: readonly RequestedValue[]): Promise<void> {
	const { authorization, parts } = session;
	const intent = contentEntry(authorization, {
		action: 'lease.use',
		firm: authorization.decision.allowed ? authorization.decision.firm : null,
		coordinates: present.map(({ field }) => field.coordinate),
		records: present.map(({ row }) => row.id),
	});
	session.intents.push(...(await parts.audit.append([intent])));
}

/** If the lease refuses, nothing of the request is answered. */
function trackLeaseRefusal(session: ContentSession, error: unknown): void {
	if (error instanceof FirmsealError && error.code.startsWith('LEASE_')) session.refusal ??= error;
}
