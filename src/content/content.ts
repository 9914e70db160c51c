import type { Act } from '../audit/index.ts';
import type { ContentField, ContentRow } from './content-field.ts';
import type { ContentParts } from './content-parts.ts';
import { type ContentAuthorization, ContentSession, type SealingCustody, type Withheld } from './content-session.ts';
import { type FileContent, locateFile, openFile, sealFile } from './file-content.ts';
import type { LeaseReader } from './lease-reader.ts';
import { matchesStored, openValue } from './read.ts';
import { releaseValue, type StampedValue } from './release.ts';
import { recordRemaining, settle, withheld } from './settle.ts';
import { encodePlaintext, record, sealValues, type ValueToSeal } from './write.ts';

/**
 * The only code that turns sealed columns into values and back. Each plane has its own Content, so planes never share a cache. Code above
 * it sees no key; code below it does not know the caller.
 */
export interface Content extends FileContent {
	/**
	 * Begins the content of a request. Under a lease nothing opens without `leaseReader`.
	 * @throws FirmsealError INTERNAL for a decision that decideContent did not make.
	 */
	begin(authorization: ContentAuthorization, leaseReader?: LeaseReader | null): ContentSession;
	/**
	 * Opens one value, only once per request. Synchronous if the key is cached and the request has not used up its time slice. Under a lease
	 * the value is read through the lease, each time and asynchronously, and `sealed` is ignored. Null for SQL NULL, and for a value that the
	 * request may not see, which withheld() then reports. `sealed` is undefined if the request's statement did not read the column.
	 * @throws FirmsealError CIPHERTEXT_INVALID once per value (at most 20 a request), KEY_UNAVAILABLE once per coordinate.
	 */
	openValue(
		session: ContentSession,
		field: ContentField,
		row: ContentRow,
		sealed: Uint8Array | null | undefined,
	): unknown;
	/**
	 * The stored bytes of a value that the firm's devices have sealed (src/custody/FORMAT.md, section 8), for a member of the firm; on record as
	 * content.release. Null for SQL NULL. Undefined if there is nothing to hand out: the value is the platform's, or the request may not see it.
	 * A value that no device of this firm can open is undefined too, and on record as one that does not open.
	 */
	releaseValue(
		session: ContentSession,
		field: ContentField,
		row: ContentRow,
		stored: StampedValue,
	): Uint8Array | null | undefined;
	/**
	 * Seals the values of one row, all of one class, in order; null stays null. `custody`: that of the class, PLATFORM by default.
	 * @throws FirmsealError FORBIDDEN, also for a class in another custody; BAD_USER_INPUT for a value that cannot be sealed; KEY_UNAVAILABLE.
	 */
	sealValues(
		session: ContentSession,
		row: string,
		values: readonly ValueToSeal[],
		custody?: SealingCustody,
	): Promise<(Uint8Array | null)[]>;
	/**
	 * A value in the form of the plaintext column that the field replaces; null stays null.
	 * @throws FirmsealError FORBIDDEN, BAD_USER_INPUT, KEY_UNAVAILABLE.
	 */
	encodePlaintext(session: ContentSession, field: ContentField, value: unknown): string | Uint8Array | null;
	/**
	 * Whether a value equals the stored one, by their encoded forms. Opens the stored value as openValue() does; false if it does not open.
	 */
	matchesStored(
		session: ContentSession,
		field: ContentField,
		row: ContentRow,
		sealed: Uint8Array | null,
		value: unknown,
	): Promise<boolean>;
	/** Records an act of the request; resolves when the entry is durable. Must be called in the act's transaction, before the commit. */
	record(session: ContentSession, act: Act): Promise<void>;
	/**
	 * The response gate, once for each request: resolves when everything that the request opened or was refused is recorded. Nothing opens
	 * for the request afterwards, even if this fails. @throws FirmsealError AUDIT_UNAVAILABLE, TOO_EXPENSIVE for more than 64 MiB, or the
	 * refusal of a lease: the caller must then send no answer.
	 */
	settle(session: ContentSession): Promise<void>;
	/** For a file that is read further after settle(): reports and records chunks that did not open, as settle() does. */
	recordRemaining(session: ContentSession): Promise<void>;
	/** For `extensions.sealed`. */
	withheld(session: ContentSession): readonly Withheld[];
}

/** Content with existing data keys; contentFromKeyring also creates them. The functions need no `this`. */
export const contentFromKeys = <Key>(parts: ContentParts<Key>): Content => ({
	begin: (authorization, leaseReader = null) => new ContentSession(parts, authorization, leaseReader),
	openValue,
	releaseValue,
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
