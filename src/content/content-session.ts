import {
	type ActiveLease,
	type ContentDecision,
	type DenialReason,
	decideContent,
	denialOf,
	isIssued,
	mayWrite,
	type Principal,
	rolesOf,
} from '../access/index.ts';
import { type Act, type Actor, draftEntry, type EntryDraft, type EntryPlane, type KeyUse } from '../audit/index.ts';
import { FirmsealError } from '../errors.ts';
import type { ClassKey } from '../keys/index.ts';
import type { ContentField, ContentRow } from './content-field.ts';
import type { ContentParts } from './content-parts.ts';
import type { LeaseReader, WaitingValue } from './lease-reader.ts';
import { OpenedValues } from './opened-values.ts';
import { leaseOpeningKeys, planeOpeningKeys, type RequestKeys } from './opening-keys.ts';

/** Whose request it is and what was decided. The ids go into every entry that the request leaves behind. */
export interface ContentAuthorization {
	readonly decision: ContentDecision;
	readonly actor: Actor;
	readonly plane: EntryPlane;
	/** Request id, made by the server. */
	readonly request: string;
	/** SHA-256, in hex, of the document with its literals taken out. */
	readonly document: string | null;
}

/** The authorization of a principal's request: what it may open is decided here, once. `lease`: the one that it names. */
export const authorizationOf = (
	principal: Principal,
	request: string,
	document: string | null,
	lease: ActiveLease | null = null,
): ContentAuthorization => ({
	decision: decideContent(principal, lease),
	actor: { kind: principal.kind, user: principal.user, roles: rolesOf(principal) },
	plane: principal.kind,
	request,
	document,
});

/** The authorization of a request by a person who has no account here, and so opens nothing. */
export const anonymousAuthorization = (request: string): ContentAuthorization => ({
	decision: decideContent(null),
	actor: { kind: 'system', user: null, roles: [] },
	plane: 'firm',
	request,
	document: null,
});

/** An entry of the request: what was done, and whose request it was. */
export const contentEntry = (authorization: ContentAuthorization, act: Act): EntryDraft =>
	draftEntry(authorization, { lease: authorization.decision.allowed ? authorization.decision.lease : null, ...act });

/** One line of `extensions.sealed`: the withheld field, the reason, and the number of different objects. */
export interface Withheld {
	readonly coordinate: string;
	readonly reason: DenialReason;
	readonly count: number;
}

interface WithheldRows {
	readonly reason: DenialReason;
	readonly rows: Set<string>;
}

/** Bytes of envelopes that one request opens at most, and of other long text that it answers: they are in memory until it is answered. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Errors of one kind that a response carries at most; the values beyond are null without one. */
const MAX_ERRORS = 20;

/**
 * One request's way to content: the decision, and the memory of what it opened, was refused, and could not open, until
 * settle() has made the entries durable.
 */
export class ContentSession {
	/** Those of the content that began it, so that no other content's keys open anything for it. */
	readonly parts: ContentParts;
	readonly authorization: ContentAuthorization;
	/** Ids of the rows on which a value of the field was opened. */
	readonly opened = new Map<ContentField, string[]>();
	/** The same of values that were in the clear still. */
	readonly readPlain = new Map<ContentField, string[]>();
	readonly keyUses = new Map<ClassKey<unknown>, KeyUse>();
	/** By firm and field, with the ids of the rows: an object that a document selects repeatedly counts once. */
	readonly withheld = new Map<string, Map<ContentField, WithheldRows>>();
	/** Ids of the rows whose value does not open, and of those whose key is not to be had. */
	readonly failed = {
		CIPHERTEXT_INVALID: new Map<ContentField, string[]>(),
		KEY_UNAVAILABLE: new Map<ContentField, string[]>(),
	};
	/** Ids of the entries that say what was about to be read under the lease. */
	readonly intents: string[] = [];
	/** See addEntry(). */
	readonly pending: EntryDraft[] = [];
	/** Reads what the lease opens; null: the request is under no lease, or was given no reader of it. */
	readonly leaseReader: LeaseReader | null;
	/** What was asked for under the lease since the last batch was taken. */
	waitingValues: WaitingValue[] = [];
	/** Why a batch was not read; then no further one is. */
	batchError: Error | null = null;
	/** null under a lease: there each value is read in a batch and counted, repeats too. */
	readonly openedValues: OpenedValues | null;
	/** Why the lease gave nothing more, or content is closed: then nothing of the request is answered. */
	refusal: FirmsealError | null = null;
	#keys: RequestKeys | null = null;
	#invalidShown = 0;
	#bytes = 0;
	#over = false;

	constructor(parts: ContentParts, authorization: ContentAuthorization, leaseReader: LeaseReader | null) {
		const { decision } = authorization;
		if (!isIssued(decision))
			throw new FirmsealError('INTERNAL', 'Content was asked for with a decision that the access rules did not make.');
		this.parts = parts;
		this.authorization = authorization;
		this.leaseReader = this.lease === null ? null : leaseReader;
		// Without a right nothing is opened, and no turn taken.
		this.openedValues = this.lease === null ? new OpenedValues(decision.allowed ? decision.firm : '') : null;
	}

	/** The request is answered: what would be opened now would be on no record, so nothing is. */
	end(): void {
		this.#over = true;
		this.openedValues?.clear();
	}

	/** @throws FirmsealError INTERNAL once the request is answered. */
	assertOpen(): void {
		if (this.#over) throw new FirmsealError('INTERNAL', 'Content was asked for after the request had been answered.');
	}

	/** The lease that the request is under; null: none that gives it anything. */
	get lease(): string | null {
		const { decision } = this.authorization;
		return decision.allowed ? decision.lease : null;
	}

	/** @throws FirmsealError INTERNAL if the session was begun without a reader of its lease. */
	assertLeaseReader(): LeaseReader {
		if (this.leaseReader) return this.leaseReader;
		throw new FirmsealError('INTERNAL', 'A lease was named for content that was given no reader of it.');
	}

	/** What opens values: the plane's keys, or under a lease the request's own. @throws as assertLeaseReader() */
	get keys(): RequestKeys {
		this.#keys ??=
			this.lease === null ? planeOpeningKeys(this.parts.dataKeys) : leaseOpeningKeys(this.assertLeaseReader());
		return this.#keys;
	}

	/** Throws unless the decision gives the right; for writers, which have nothing to withhold. */
	assertMayWrite(field: ContentField): string {
		const { decision } = this.authorization;
		if (!mayWrite(decision, field)) throw new FirmsealError('FORBIDDEN', 'You may not write this content.');
		return decision.firm;
	}

	/** Why this row's field stays closed to the request; null: it may be opened. */
	denialOf(field: ContentField, row: ContentRow): DenialReason | null {
		this.assertOpen();
		return denialOf(this.authorization.decision, field, row);
	}

	/** Takes the bytes of a value from what the request may open; false: it has asked for too much, and opens nothing more. */
	spendBytes(bytes: number): boolean {
		this.#bytes += bytes;
		return !this.isOverspent;
	}

	/** The answer lacks values, so it may not be given. */
	get isOverspent(): boolean {
		return this.#bytes > MAX_BYTES;
	}

	/** A further entry of the request, such as a refused operation; once, however often the document asks. */
	addEntry(entry: EntryDraft): void {
		const same = ({ action, firm, lease, coordinates }: EntryDraft) =>
			action === entry.action &&
			firm === entry.firm &&
			lease === entry.lease &&
			coordinates[0] === entry.coordinates[0];
		if (!this.pending.some(same)) this.pending.push(entry);
	}

	trackWithheld(field: ContentField, { firm, id }: Pick<ContentRow, 'firm' | 'id'>, reason: DenialReason): void {
		const ofFirm = getOrMake(this.withheld, firm, () => new Map<ContentField, WithheldRows>());
		getOrMake(ofFirm, field, () => ({ reason, rows: new Set() })).rows.add(id);
	}

	/** `key`: null for a value that was in the clear. */
	trackOpened(field: ContentField, row: ContentRow, key: ClassKey<unknown> | null): void {
		getOrMake(key ? this.opened : this.readPlain, field, () => []).push(row.id);
		if (key) this.trackKeyUse(key, 'CACHE');
	}

	trackKeyUse(key: ClassKey<unknown>, source: KeyUse['source']): void {
		if (this.keyUses.has(key)) return;
		this.keyUses.set(key, {
			class: key.class,
			version: key.version,
			source,
			requestId: source === 'KEYRING' ? key.requestId : null,
		});
	}

	/** Remembers a value that stays closed. Answers whether the caller is to see an error for it, or only null. */
	trackFailure(field: ContentField, row: ContentRow, code: 'CIPHERTEXT_INVALID' | 'KEY_UNAVAILABLE'): boolean {
		const first = !this.failed[code].has(field);
		getOrMake(this.failed[code], field, () => []).push(row.id);
		return code === 'KEY_UNAVAILABLE' ? first : ++this.#invalidShown <= MAX_ERRORS;
	}

	/** They are on record. */
	clearFailures(): void {
		for (const fields of Object.values(this.failed)) fields.clear();
	}

	/** Remembers why a value stays closed. Answers whether the caller is to see the error, or only null. */
	trackError(field: ContentField, row: ContentRow, error: unknown): boolean {
		if (!(error instanceof FirmsealError)) return true;
		// Of a lease that is over, or content that is closed for the log's sake, nothing is answered.
		if (error.code === 'LEASE_NOT_ACTIVE' || error.code === 'AUDIT_UNAVAILABLE') this.refusal ??= error;
		if (error.code !== 'CIPHERTEXT_INVALID' && error.code !== 'KEY_UNAVAILABLE') return true;
		return this.trackFailure(field, row, error.code);
	}
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
	let value = map.get(key);
	if (value === undefined) {
		value = make();
		map.set(key, value);
	}
	return value;
}
