import type { Act } from '../audit/index.ts';
import type { ContentField, ContentRow } from './content-field.ts';
import type { ContentParts } from './content-parts.ts';
import { type ContentAuthorization, ContentSession, type Withheld } from './content-session.ts';
import { type FileContent, locateFile, openFile, sealFile } from './file-content.ts';
import type { LeaseReader } from './lease-reader.ts';
import { matchesStored, openValue } from './read.ts';
import { recordRemaining, settle, withheld } from './settle.ts';
import { encodePlaintext, record, sealValues, type ValueToSeal } from './write.ts';

/**
 * The only door between sealed columns and values. One for each plane: caches are never shared.
 * Nothing above it sees a key; nothing below it knows who asks.
 */
export interface Content extends FileContent {
	/**
	 * Opens a request. `leaseReader`: the way to what a lease opens, without which it opens nothing.
	 * @throws FirmsealError INTERNAL for a decision that decideContent didn't make.
	 */
	begin(authorization: ContentAuthorization, leaseReader?: LeaseReader | null): ContentSession;
	/**
	 * Opens one value, once for a request: synchronously if its key is at hand, and the request has not opened very many in this turn of
	 * the event loop. Under a lease it is read from the lease, each time and asynchronously, whatever `sealed` is. null for SQL NULL, and for
	 * everything that the request may not see, which is then reported by withheld(). `sealed` is undefined when the request's statement
	 * did not read the column.
	 * @throws FirmsealError CIPHERTEXT_INVALID once per value (at most 20 a request), KEY_UNAVAILABLE once per coordinate.
	 */
	openValue(
		session: ContentSession,
		field: ContentField,
		row: ContentRow,
		sealed: Uint8Array | null | undefined,
	): unknown;
	/**
	 * Seals the values of one row, all of one class, in their order; null stays null.
	 * @throws FirmsealError FORBIDDEN, BAD_USER_INPUT for a value that cannot be sealed, KEY_UNAVAILABLE.
	 */
	sealValues(session: ContentSession, row: string, values: readonly ValueToSeal[]): Promise<(Uint8Array | null)[]>;
	/**
	 * A value as the column of plaintext is to hold it that the field takes over; null stays null.
	 * @throws FirmsealError FORBIDDEN, BAD_USER_INPUT, KEY_UNAVAILABLE.
	 */
	encodePlaintext(session: ContentSession, field: ContentField, value: unknown): string | Uint8Array | null;
	/**
	 * Whether a value is what is stored, compared as it would be sealed. Opens it, as openValue() does; false for what stays closed.
	 */
	matchesStored(
		session: ContentSession,
		field: ContentField,
		row: ContentRow,
		sealed: Uint8Array | null,
		value: unknown,
	): Promise<boolean>;
	/** Records an act of the request; resolves when the entry is durable. Called inside the act's transaction, before it commits. */
	record(session: ContentSession, act: Act): Promise<void>;
	/**
	 * The response gate, once for each request: resolves when everything it opened or was refused is on record; opens
	 * nothing more for it, even if this fails. @throws FirmsealError AUDIT_UNAVAILABLE, TOO_EXPENSIVE for more
	 * than 64 MiB, or the refusal of a lease: nothing may be answered.
	 */
	settle(session: ContentSession): Promise<void>;
	/** Of a file that was read on after settle(): reports and records what of it did not open, as settle() does. */
	recordRemaining(session: ContentSession): Promise<void>;
	/** For `extensions.sealed`. */
	withheld(session: ContentSession): readonly Withheld[];
}

/** Content over data keys that are there already; contentFromKeyring makes them too. Its functions need no `this`. */
export const contentFromKeys = <Key>(parts: ContentParts<Key>): Content => ({
	begin: (authorization, leaseReader = null) => new ContentSession(parts, authorization, leaseReader),
	openValue,
	matchesStored,
	sealValues,
	encodePlaintext,
	record,
	settle,
	recordRemaining,
	withheld,
	sealFile,
	locateFile,
	openFile,
});
