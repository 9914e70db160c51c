import {
	encodeValue,
	openValue as openEnvelope,
	PLAIN_MARKER,
	readKeyVersion,
	unopenableError,
} from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import type { ClassKey } from '../keys/index.ts';
import type { ContentField, ContentRow } from './content-field.ts';
import type { ContentSession } from './content-session.ts';
import { OpenFailure } from './opened-values.ts';
import { readInBatch } from './read-under-lease.ts';
import { isSealedByDevice } from './release.ts';

export function openValue(
	session: ContentSession,
	field: ContentField,
	row: ContentRow,
	sealed: Uint8Array | null | undefined,
): unknown {
	const denial = session.denialOf(field, row);
	if (denial !== null) {
		session.trackWithheld(field, row, denial);
		return null;
	}
	// Ignores the value that the operator's own statement has read: content comes only through the lease's transactions.
	if (session.lease !== null) return readInBatch(session, { field, row }, openStored);
	return openOnce(session, field, row, sealed);
}

export async function matchesStored(
	session: ContentSession,
	field: ContentField,
	row: ContentRow,
	sealed: Uint8Array | null,
	value: unknown,
): Promise<boolean> {
	const stored = await openValue(session, field, row, sealed);
	if (stored === null || value === null || value === undefined) return sealed === null && (value ?? null) === null;
	return sameBytes(encodeValue(field.valueType, stored, 0), encodeValue(field.valueType, value, 0));
}

/** Returns a value that the request has opened already, or is opening. Another value waits if the request has used up its time slice. */
function openOnce(
	session: ContentSession,
	field: ContentField,
	row: ContentRow,
	sealed: Uint8Array | null | undefined,
): unknown {
	const { openedValues } = session;
	if (!sealed || !openedValues) return openStored(session, field, row, sealed);
	const known = openedValues.find(field, row, sealed);
	if (known === undefined) {
		const value = openedValues.isSliceSpent
			? openedValues.runInNextSlice(() => openStored(session, field, row, sealed))
			: openStored(session, field, row, sealed);
		if (value instanceof Promise) openedValues.set(field, row, sealed, value);
		return value;
	}
	if (!session.spendBytes(sealed.length)) return null;
	if (known instanceof OpenFailure) return trackFailedOpen(session, field, row, known.error);
	return known instanceof Promise
		? known.catch((error: unknown) => trackFailedOpen(session, field, row, error))
		: known;
}

/** The value, or a promise of it while its key is loaded. */
function openStored(
	session: ContentSession,
	field: ContentField,
	row: ContentRow,
	sealed: Uint8Array | null | undefined,
): unknown {
	if (sealed === null) return null;
	if (sealed === undefined)
		throw new FirmsealError('INTERNAL', `${field.coordinate} was requested, but its column was not read.`);
	if (sealed[0] === PLAIN_MARKER && field.movedFrom) return readPlaintext(session, field, row, sealed);
	if (isOfDevices(session, field, sealed)) {
		session.trackWithheld(field, row, 'FIRM_CUSTODY');
		return null;
	}
	let version: number;
	try {
		version = readKeyVersion(sealed);
	} catch (error) {
		return trackFailedOpen(session, field, row, error);
	}
	const { keys } = session;
	const key = keys.openingKey(row.firm, field.class, version);
	if (key) return openWithKey(session, field, row, sealed, key);
	return keys.loadOpeningKey(row.firm, field.class, version).then(
		(loaded) => {
			session.trackKeyUse(loaded, 'KEYRING');
			// Many values may have waited for the key.
			if (session.openedValues?.isSliceSpent)
				return session.openedValues.runInNextSlice(() => openStored(session, field, row, sealed));
			return openWithKey(session, field, row, sealed, loaded);
		},
		(error: unknown) => trackFailedOpen(session, field, row, error),
	);
}

/** Whether a value of a class that moves between custodies is one that only the firm's devices open. */
const isOfDevices = (session: ContentSession, field: ContentField, sealed: Uint8Array): boolean =>
	!session.isOpenedByPlatform(field) && isSealedByDevice(sealed);

function openWithKey(
	session: ContentSession,
	field: ContentField,
	row: ContentRow,
	sealed: Uint8Array,
	key: ClassKey<unknown>,
): unknown {
	// The request may have been answered while the key was loaded.
	session.assertOpen();
	if (!session.spendBytes(sealed.length)) return null;
	session.openedValues?.spend(sealed.length);
	try {
		const fieldKey = key.field(field.table, field.column);
		const value = openEnvelope(session.parts.aead, fieldKey, row.id, field.valueType, sealed);
		session.trackOpened(field, row, key);
		session.openedValues?.set(field, row, sealed, value);
		return value;
	} catch (error) {
		session.openedValues?.set(field, row, sealed, new OpenFailure(error));
		return trackFailedOpen(session, field, row, error);
	}
}

/** Reads a plaintext value, under the same rights and with the same record as a sealed one. */
function readPlaintext(session: ContentSession, field: ContentField, row: ContentRow, stored: Uint8Array): unknown {
	session.assertOpen();
	if (!session.spendBytes(stored.length)) return null;
	session.openedValues?.spend(stored.length);
	const { plaintext } = session.parts;
	try {
		if (!plaintext?.mayRead(field.coordinate)) throw unopenableError();
		const value = plaintext.decode(field, stored.subarray(1));
		session.trackOpened(field, row, null);
		session.openedValues?.set(field, row, stored, value);
		return value;
	} catch (error) {
		session.openedValues?.set(field, row, stored, new OpenFailure(error));
		return trackFailedOpen(session, field, row, error);
	}
}

/** Returns null, or throws the error if the caller gets it. */
function trackFailedOpen(session: ContentSession, field: ContentField, row: ContentRow, error: unknown): null {
	if (session.trackError(field, row, error)) throw error;
	return null;
}

const sameBytes = (a: Uint8Array, b: Uint8Array) =>
	a.length === b.length && a.every((byte, index) => byte === b[index]);
