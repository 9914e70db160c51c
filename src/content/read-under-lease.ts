import { FirmsealError } from '../errors.ts';
import type { ContentField, ContentRow } from './content-field.ts';
import { type ContentSession, contentEntry } from './content-session.ts';
import type { RequestedValue } from './lease-reader.ts';

type OpenStored = (session: ContentSession, field: ContentField, row: ContentRow, sealed: Uint8Array) => unknown;

/**
 * Reads a value under the request's lease and opens it. Values requested in one turn of the event loop form one batch, for example all
 * encrypted fields of a page. A batch stays taken from the budget if a later batch of the request is refused. Rejects with the error for the
 * caller.
 * @throws FirmsealError INTERNAL if the session has no reader for its lease.
 */
export function readInBatch(session: ContentSession, asked: RequestedValue, openStored: OpenStored): Promise<unknown> {
	session.assertLeaseReader();
	return new Promise((resolve, reject) => {
		// After everything that this turn of the event loop requests.
		if (session.waitingValues.push({ ...asked, resolve, reject }) === 1)
			setImmediate(() => void readWaitingBatch(session, openStored));
	});
}

/** Reads all waiting values as one batch, and opens them. After a refused batch, it reads no further one. */
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

/** Reads one stored value under the lease, as its own batch. The caller opens it. Null if nothing is stored. */
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

/** Records the values that are about to be read under the lease. */
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

/** A refusal by the lease means that the request gets no answer. */
function trackLeaseRefusal(session: ContentSession, error: unknown): void {
	if (error instanceof FirmsealError && error.code.startsWith('LEASE_')) session.refusal ??= error;
}
