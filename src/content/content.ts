import type { Act, AuditLog, EntryDraft } from '../audit/index.ts';
import {
	type Aead,
	type ChunkAead,
	encodeValue,
	openValue,
	PLAIN_MARKER,
	readKeyVersion,
	sealPayload,
	unopenableError,
} from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import type { ClassKey, DataKeys } from '../keys/index.ts';
import { contentEntry, entriesOf, failuresIn, intentOf, refusalEntries } from './content-entries.ts';
import type { ContentField, ContentRow } from './content-field.ts';
import { type ContentAuthorization, ContentSession, type Withheld } from './content-session.ts';
import { createFileContent, FILE_LOCATION_COORDINATE, type FileContent } from './file-content.ts';
import { createLeaseReadBatches } from './lease-read-batches.ts';
import type { LeaseReader, RequestedValue } from './lease-reader.ts';
import { OpenFailure } from './opened-values.ts';
import { leaseOpeningKeys, planeOpeningKeys } from './opening-keys.ts';
import type { PlaintextCodec } from './plaintext-codec.ts';

/** What whoever runs the program is told. */
export interface ContentEvents {
	/** For metrics: values of one class, once per request and field. */
	readonly onOutcome?: (outcome: 'opened' | 'denied' | 'failed', contentClass: string, count: number) => void;
	/** For whoever is on call: values that an allowed request asked for and that stayed closed, once per request and reason. */
	readonly onFailure?: (failure: ContentFailure) => void;
}

export interface ContentParts<Key> extends ContentEvents {
	readonly dataKeys: DataKeys<Key>;
	readonly aead: Aead<Key> & ChunkAead<Key>;
	readonly audit: AuditLog;
	/** Values that are still in columns of plaintext; null unless given: none is. */
	readonly plaintext?: PlaintextSource | null;
}

/** The way to values that were not sealed yet. */
export interface PlaintextSource extends PlaintextCodec {
	/** Whether a field's values may still be in the clear. */
	mayRead(coordinate: string): boolean;
}

/** Ids and counts only. */
export interface ContentFailure {
	readonly code: 'CIPHERTEXT_INVALID' | 'KEY_UNAVAILABLE';
	readonly firm: string;
	readonly requestId: string;
	/** Values. */
	readonly count: number;
}

/**
 * The only door between sealed columns and values. One for each plane: caches are never shared.
 * Nothing above it sees a key; nothing below it knows who asks.
 */
export interface Content extends FileContent {
	/**
	 * Opens a request. `use`: the way to what a lease opens, without which it opens nothing.
	 * @throws FirmsealError INTERNAL for a decision that decideContent didn't make.
	 */
	begin(terms: ContentAuthorization, use?: LeaseReader | null): ContentSession;
	/**
	 * Opens one value, once for a request: synchronously when its key is at hand, and the request has not opened very many in this turn of
	 * the event loop. null for SQL NULL, and for whatever the request may not see,
	 * which is then reported by withheld(). `sealed` is undefined when a denied caller's statement did not read the column.
	 * @throws FirmsealError CIPHERTEXT_INVALID once per value (at most 20 a request), KEY_UNAVAILABLE once per coordinate.
	 */
	openValue(
		access: ContentSession,
		field: ContentField,
		row: ContentRow,
		sealed: Uint8Array | null | undefined,
	): unknown;
	/**
	 * Seals the values of one row, all of one class, in their order; null stays null.
	 * @throws FirmsealError FORBIDDEN, BAD_USER_INPUT for a value that cannot be sealed, KEY_UNAVAILABLE.
	 */
	sealValues(access: ContentSession, row: string, values: readonly ValueToSeal[]): Promise<(Uint8Array | null)[]>;
	/**
	 * A value as the column of plaintext is to hold it that the field takes over; null stays null.
	 * @throws FirmsealError FORBIDDEN, BAD_USER_INPUT, KEY_UNAVAILABLE.
	 */
	encodePlaintext(access: ContentSession, field: ContentField, value: unknown): string | Uint8Array | null;
	/**
	 * Whether a value is what is stored, compared as it would be sealed. Opens it, as openValue() does; false for what stays closed.
	 */
	matchesStored(
		access: ContentSession,
		field: ContentField,
		row: ContentRow,
		sealed: Uint8Array | null,
		value: unknown,
	): Promise<boolean>;
	/** Records an act of the request; resolves when the entry is durable. Called inside the act's transaction, before it commits. */
	record(access: ContentSession, act: Act): Promise<void>;
	/**
	 * The response gate, once for each request: resolves when everything it opened or was refused is on record; opens
	 * nothing more for it, whatever comes of that. @throws FirmsealError AUDIT_UNAVAILABLE, TOO_EXPENSIVE for more
	 * than 64 MiB, or the refusal of a lease: nothing may be answered.
	 */
	settle(access: ContentSession): Promise<void>;
	/** Of a file that was read on after settle(): what of it did not open is told and recorded, as there. */
	settleRest(access: ContentSession): Promise<void>;
	/** For `extensions.sealed`. */
	withheld(access: ContentSession): readonly Withheld[];
}

export interface ValueToSeal {
	readonly field: ContentField;
	readonly value: unknown;
}

/** The door over data keys that are there already; createContent makes them too. */
export function contentFromKeys<Key>({
	dataKeys,
	aead,
	audit,
	plaintext,
	onOutcome,
	onFailure,
}: ContentParts<Key>): Content {
	const open = (
		access: ContentSession,
		field: ContentField,
		row: ContentRow,
		sealed: Uint8Array,
		key: ClassKey<Key>,
	) => {
		// A key may have been on its way when the request was answered.
		access.assertOpen();
		if (!access.spendBytes(sealed.length)) return null;
		access.openedValues?.spend(sealed.length);
		try {
			const value = openValue(aead, key.field(field.table, field.column), row.id, field.valueType, sealed);
			access.trackOpened(field, row, key);
			access.openedValues?.set(field, row, sealed, value);
			return value;
		} catch (error) {
			access.openedValues?.set(field, row, sealed, new OpenFailure(error));
			return trackFailedOpen(access, field, row, error);
		}
	};

	const reveal: Content['openValue'] = (access, field, row, sealed) => {
		const denial = access.denialOf(field, row);
		if (denial !== null) {
			access.trackWithheld(field, row.firm, denial);
			return null;
		}
		// Whatever the operator's own statement read, it is no content: that comes by the lease's transactions alone.
		if (access.lease !== null) return ofLease(batches.get(access)).reveal({ field, row });
		return openOnce(access, field, row, sealed);
	};

	/** Answers what the request has opened already, or is about to, as it was; what else there is to open has to wait once its turn is over. */
	const openOnce: Content['openValue'] = (access, field, row, sealed) => {
		const { openedValues } = access;
		if (!sealed || !openedValues) return openStored(access, field, row, sealed, dataKeys);
		const known = openedValues.find(field, row, sealed);
		if (known === undefined) {
			const value = openedValues.isSliceSpent
				? openedValues.runInNextSlice(() => openStored(access, field, row, sealed, dataKeys))
				: openStored(access, field, row, sealed, dataKeys);
			if (value instanceof Promise) openedValues.set(field, row, sealed, value);
			return value;
		}
		if (!access.spendBytes(sealed.length)) return null;
		if (known instanceof OpenFailure) return trackFailedOpen(access, field, row, known.error);
		return known instanceof Promise
			? known.catch((error: unknown) => trackFailedOpen(access, field, row, error))
			: known;
	};

	/** In the clear still: seen by nobody who would not see it sealed, and on record as what is. */
	const readPlain = (access: ContentSession, field: ContentField, row: ContentRow, stored: Uint8Array) => {
		access.assertOpen();
		if (!access.spendBytes(stored.length)) return null;
		access.openedValues?.spend(stored.length);
		try {
			if (!plaintext?.mayRead(field.coordinate)) throw unopenableError();
			const value = plaintext.decode(field, stored.subarray(1));
			access.trackOpened(field, row, null);
			access.openedValues?.set(field, row, stored, value);
			return value;
		} catch (error) {
			access.openedValues?.set(field, row, stored, new OpenFailure(error));
			return trackFailedOpen(access, field, row, error);
		}
	};

	const openStored = (
		access: ContentSession,
		field: ContentField,
		row: ContentRow,
		sealed: Uint8Array | null | undefined,
		keys: Pick<DataKeys<Key>, 'openingKey' | 'loadOpeningKey'>,
	): unknown => {
		if (sealed === null) return null;
		if (sealed === undefined)
			throw new FirmsealError('INTERNAL', `${field.coordinate} was asked for but its column was not read.`);
		if (sealed[0] === PLAIN_MARKER && field.movedFrom) return readPlain(access, field, row, sealed);
		let version: number;
		try {
			version = readKeyVersion(sealed);
		} catch (error) {
			return trackFailedOpen(access, field, row, error);
		}
		const key = keys.openingKey(row.firm, field.class, version);
		if (key) return open(access, field, row, sealed, key);
		return keys.loadOpeningKey(row.firm, field.class, version).then(
			(loaded) => {
				access.trackKeyUse(loaded, 'KEYRING');
				// So many may have waited for the key.
				if (access.openedValues?.isSliceSpent)
					return access.openedValues.runInNextSlice(() => openStored(access, field, row, sealed, keys));
				return open(access, field, row, sealed, loaded);
			},
			(error: unknown) => trackFailedOpen(access, field, row, error),
		);
	};

	const uses = new WeakMap<ContentSession, LeaseReader<Key>>();
	const batches = new WeakMap<ContentSession, ReturnType<typeof createLeaseReadBatches>>();

	function beginUnderLease(access: ContentSession, use: LeaseReader<Key>): void {
		const keys = leaseOpeningKeys(use);
		uses.set(access, use);
		batches.set(
			access,
			createLeaseReadBatches({
				use,
				intend: (present) => intend(access, present),
				open({ field, row }, stored) {
					use.assertNotExpired();
					return openStored(access, field, row, stored, keys);
				},
				onRefused: (error) => {
					access.refusal ??= error;
				},
			}),
		);
	}

	async function intend(access: ContentSession, present: readonly RequestedValue[]): Promise<void> {
		access.intents.push(...(await audit.append([intentOf(access.authorization, present)])));
	}

	/** A wave of one. */
	async function takeFromLease(access: ContentSession, asked: RequestedValue): Promise<Uint8Array | null> {
		try {
			const [stored = null] = await ofLease(uses.get(access)).read([asked], (present) => intend(access, present));
			return stored;
		} catch (error) {
			if (error instanceof FirmsealError && error.code.startsWith('LEASE_')) access.refusal ??= error;
			throw error;
		}
	}

	/** The last look before the answer leaves. */
	async function confirmLease(access: ContentSession): Promise<void> {
		try {
			await uses.get(access)?.confirmActive();
		} catch (error) {
			access.refusal = error instanceof FirmsealError ? error : null;
			const cut = refusalEntries(access);
			if (cut.length > 0) await audit.append(cut);
			throw error;
		}
	}

	/** Tells what failed, and makes the entries durable; what is on record is told and recorded no second time. */
	async function report(access: ContentSession, entries: readonly EntryDraft[]): Promise<void> {
		if (onOutcome) reportFailures(access, onOutcome);
		if (onFailure) for (const failure of failuresOf(access)) onFailure(failure);
		if (entries.length > 0) await audit.append(entries);
		access.clearFailures();
	}

	function ofLease<T>(way: T | undefined): T {
		if (way) return way;
		throw new FirmsealError('INTERNAL', 'A lease was named for content that has no way to its transactions.');
	}

	const planeKeys = planeOpeningKeys(dataKeys);
	const files = createFileContent<Key>({
		aead,
		dataKeys,
		keysFor: (access) => (access.lease === null ? planeKeys : leaseOpeningKeys(ofLease(uses.get(access)))),
		mayReadPlaintext: () => plaintext?.mayRead(FILE_LOCATION_COORDINATE) === true,
		readFromLease: (access, asked) => (access.lease === null ? undefined : takeFromLease(access, asked)),
	});

	return {
		begin(terms, use) {
			const access = new ContentSession(terms);
			if (use && access.lease !== null) beginUnderLease(access, use as LeaseReader<Key>);
			return access;
		},
		openValue: reveal,
		...files,

		async matchesStored(access, field, row, sealed, value) {
			const stored = await reveal(access, field, row, sealed);
			if (stored === null || value === null || value === undefined) return sealed === null && (value ?? null) === null;
			return sameBytes(encodeValue(field.valueType, stored, 0), encodeValue(field.valueType, value, 0));
		},

		async sealValues(access, row, values) {
			const encoded = values.map(({ field, value }) => {
				access.assertMayWrite(field);
				const isNull = value === null || value === undefined;
				return { field, payload: isNull ? null : encodeValue(field.valueType, value, field.pad) };
			});
			const count = encoded.filter(({ payload }) => payload !== null).length;
			const [first] = values;
			if (!first || count === 0) return encoded.map(() => null);
			const firm = access.assertMayWrite(first.field);
			const key =
				dataKeys.sealingKey(firm, first.field.class, count) ??
				(await dataKeys.loadSealingKey(firm, first.field.class, count));
			return encoded.map(({ field, payload }) => {
				if (field.class !== key.class)
					throw new FirmsealError('INTERNAL', 'The values of a row are of two content classes.');
				return payload && sealPayload(aead, key.field(field.table, field.column), row, payload);
			});
		},

		encodePlaintext(access, field, value) {
			access.assertMayWrite(field);
			if (value === null || value === undefined) return null;
			if (!plaintext) throw new FirmsealError('INTERNAL', `${field.coordinate} has no way to its column of plaintext.`);
			return plaintext.encode(field, value);
		},

		async record(access, act) {
			const { decision } = access.authorization;
			await audit.append([
				contentEntry(access.authorization, { firm: decision.allowed ? decision.firm : null, ...act }),
			]);
		},

		async settle(access) {
			access.end();
			if (onOutcome) reportCounts(access, onOutcome);
			await report(access, entriesOf(access));
			if (access.refusal) throw access.refusal;
			// Once for the whole answer, however many waves it was read in.
			if (access.intents.length > 0) await uses.get(access)?.confirmRecorded(access.intents);
			await confirmLease(access);
			if (access.isOverspent)
				throw new FirmsealError(
					'TOO_EXPENSIVE',
					'The answer would hold more than 64 MiB of content: ask for fewer records or fields.',
				);
		},

		settleRest: (access) => report(access, failuresIn(access)),

		withheld: (access) => [...access.withheld.values()].flatMap((fields) => [...fields.values()]),
	};
}

const sameBytes = (a: Uint8Array, b: Uint8Array) =>
	a.length === b.length && a.every((byte, index) => byte === b[index]);

/** null or a coded error; anything unforeseen goes on as it is. */
function trackFailedOpen(access: ContentSession, field: ContentField, row: ContentRow, error: unknown): null {
	if (access.trackError(field, row, error)) throw error;
	return null;
}

function reportCounts(access: ContentSession, tell: NonNullable<ContentEvents['onOutcome']>): void {
	for (const [{ class: of }, rows] of [...access.opened, ...access.readPlain]) tell('opened', of, rows.length);
	for (const fields of access.withheld.values())
		for (const [{ class: of }, { count }] of fields) tell('denied', of, count);
}

function reportFailures(access: ContentSession, tell: NonNullable<ContentEvents['onOutcome']>): void {
	for (const fields of Object.values(access.failed))
		for (const [{ class: of }, rows] of fields) tell('failed', of, rows.length);
}

function failuresOf({ failed, authorization: { decision, request } }: ContentSession): ContentFailure[] {
	if (!decision.allowed) return [];
	return (['CIPHERTEXT_INVALID', 'KEY_UNAVAILABLE'] as const).flatMap((code) => {
		const count = [...failed[code].values()].reduce((sum, rows) => sum + rows.length, 0);
		return count > 0 ? [{ code, firm: decision.firm, requestId: request, count }] : [];
	});
}
