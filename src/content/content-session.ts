import {
	type ActiveLease,
	type ContentDecision,
	custodyOfClass,
	type DenialReason,
	decideContent,
	denialOf,
	isIssued,
	isSealedByPlatform,
	mayRelease,
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

/** The actor of a request, and the decision on its right to content. The ids go into every entry of the request. */
export interface ContentAuthorization {
	readonly decision: ContentDecision;
	readonly actor: Actor;
	readonly plane: EntryPlane;
	/** The id that the server gave the request. */
	readonly request: string;
	/** SHA-256, in hex, of the document without its literals. */
	readonly document: string | null;
}

/** The authorization of a principal's request. Decides once what the request may open. `lease` is the lease that the request names. */
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

/** The authorization of a request by a person without an account, which opens nothing. */
export const anonymousAuthorization = (request: string): ContentAuthorization => ({
	decision: decideContent(null),
	actor: { kind: 'system', user: null, roles: [] },
	plane: 'firm',
	request,
	document: null,
});

/** A log entry for an act of the request. */
export const contentEntry = (authorization: ContentAuthorization, act: Act): EntryDraft =>
	draftEntry(authorization, { lease: authorization.decision.allowed ? authorization.decision.lease : null, ...act });

/** One item of `extensions.sealed`: the coordinate that was withheld, the reason, and the number of objects. */
export interface Withheld {
	readonly coordinate: string;
	readonly reason: DenialReason;
	readonly count: number;
}

/** In which the platform seals a value: BACK for one that a device of the firm returns. */
export type SealingCustody = 'PLATFORM' | 'BACK';

interface WithheldRows {
	readonly reason: DenialReason;
	readonly rows: Set<string>;
}

/** Most bytes of envelopes that one request opens, and of other long text in its answer: they stay in memory until the answer is sent. */
export const MAX_OPENED_BYTES = 64 * 1024 * 1024;

/** Most CIPHERTEXT_INVALID errors in an answer; further values are null without an error. */
const MAX_ERRORS = 20;

/**
 * The content of one request: the decision, and a record of what the request opened, was refused, and could not open, until settle() has
 * made the entries durable.
 */
export class ContentSession {
	/** The parts of the content that began the session, so that the keys of another content open nothing for it. */
	readonly parts: ContentParts;
	readonly authorization: ContentAuthorization;
	/** Ids of the rows in which a value of the field was opened. */
	readonly opened = new Map<ContentField, string[]>();
	/** Ids of the rows in which a plaintext value of the field was read. */
	readonly readPlain = new Map<ContentField, string[]>();
	/** Ids of the rows in which a value that the firm's devices have sealed was handed out as it is stored. */
	readonly released = new Map<ContentField, string[]>();
	readonly keyUses = new Map<ClassKey<unknown>, KeyUse>();
	/** By firm and field, with the ids of the rows: an object that a document selects repeatedly counts once. */
	readonly withheld = new Map<string, Map<ContentField, WithheldRows>>();
	/** Ids of the rows whose value does not open, or whose key is unavailable. */
	readonly failed = {
		CIPHERTEXT_INVALID: new Map<ContentField, string[]>(),
		KEY_UNAVAILABLE: new Map<ContentField, string[]>(),
	};
	/** Ids of the entries about values that were about to be read under the lease. */
	readonly intents: string[] = [];
	/** See addEntry(). */
	readonly pending: EntryDraft[] = [];
	/** Null if the request has no lease, or no reader for its lease. */
	readonly leaseReader: LeaseReader | null;
	/** Values requested under the lease since the last batch. */
	waitingValues: WaitingValue[] = [];
	/** The error of a batch. No further batch is read after it. */
	batchError: Error | null = null;
	/** Null under a lease, where each value is read in a batch and counted, including repeats. */
	readonly openedValues: OpenedValues | null;
	/** Why the lease refused, or the log is unavailable. The request then gets no answer. */
	refusal: FirmsealError | null = null;
	#keys: RequestKeys | null = null;
	#invalidShown = 0;
	#bytes = 0;
	#over = false;

	constructor(parts: ContentParts, authorization: ContentAuthorization, leaseReader: LeaseReader | null) {
		const { decision } = authorization;
		if (!isIssued(decision))
			throw new FirmsealError('INTERNAL', 'Content was requested with a decision that the access rules did not make.');
		this.parts = parts;
		this.authorization = authorization;
		this.leaseReader = this.lease === null ? null : leaseReader;
		// Without a right the request opens nothing, and needs no time slices.
		this.openedValues = this.lease === null ? new OpenedValues(decision.allowed ? decision.firm : '') : null;
	}

	/** The request is answered. A value opened later would not be recorded, so nothing opens any more. */
	end(): void {
		this.#over = true;
		this.openedValues?.clear();
	}

	/** @throws FirmsealError INTERNAL after the request is answered. */
	assertOpen(): void {
		if (this.#over) throw new FirmsealError('INTERNAL', 'Content was requested after the request had been answered.');
	}

	/** Id of the lease that gives the request its right. Null if there is none. */
	get lease(): string | null {
		const { decision } = this.authorization;
		return decision.allowed ? decision.lease : null;
	}

	/** @throws FirmsealError INTERNAL if the session has no reader for its lease. */
	assertLeaseReader(): LeaseReader {
		if (this.leaseReader) return this.leaseReader;
		throw new FirmsealError('INTERNAL', 'A request names a lease, but its content has no reader for the lease.');
	}

	/** The plane's keys, or under a lease the keys of the request. @throws as assertLeaseReader() */
	get keys(): RequestKeys {
		this.#keys ??=
			this.lease === null ? planeOpeningKeys(this.parts.dataKeys) : leaseOpeningKeys(this.assertLeaseReader());
		return this.#keys;
	}

	/** The firm to write for. @throws FirmsealError FORBIDDEN without the right. */
	assertMayWrite(field: ContentField): string {
		const { decision } = this.authorization;
		if (!mayWrite(decision, field)) throw new FirmsealError('FORBIDDEN', 'You may not write this content.');
		return decision.firm;
	}

	/**
	 * The firm to seal for with a key of the platform. `custody`: that of the class, BACK for a value that a device returns.
	 * @throws FirmsealError FORBIDDEN without the right, or for a class in another custody
	 */
	assertMaySeal(field: ContentField, custody: SealingCustody = 'PLATFORM'): string {
		const firm = this.assertMayWrite(field);
		const { decision } = this.authorization;
		if (!decision.allowed || custodyOfClass(decision.custody, field.class) !== custody)
			throw new FirmsealError(
				'FORBIDDEN',
				`${field.coordinate} is in the firm's own custody: only a device of the firm can seal it.`,
			);
		return firm;
	}

	/** As mayRelease(). */
	mayRelease(field: ContentField, row: ContentRow): boolean {
		this.assertOpen();
		return mayRelease(this.authorization.decision, field, row);
	}

	/** Whether the platform's keys seal and open the field's values, so that another suite is damage. */
	isOpenedByPlatform(field: ContentField): boolean {
		const { decision } = this.authorization;
		return decision.allowed && isSealedByPlatform(decision, field.class);
	}

	/** Why the request may not open the field of this row. Null if it may. */
	denialOf(field: ContentField, row: ContentRow): DenialReason | null {
		this.assertOpen();
		return denialOf(this.authorization.decision, field, row);
	}

	/** Counts the bytes of a value. False if the request has exceeded its maximum, and may open nothing more. */
	spendBytes(bytes: number): boolean {
		this.#bytes += bytes;
		return !this.isOverspent;
	}

	/** True if the answer lacks values, so that it must not be sent. */
	get isOverspent(): boolean {
		return this.#bytes > MAX_OPENED_BYTES;
	}

	/** Adds another entry, such as a refused operation, once even if the document asks repeatedly. */
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

	/** `key` is null for a plaintext value. */
	trackOpened(field: ContentField, row: ContentRow, key: ClassKey<unknown> | null): void {
		getOrMake(key ? this.opened : this.readPlain, field, () => []).push(row.id);
		if (key) this.trackKeyUse(key, 'CACHE');
	}

	trackReleased(field: ContentField, row: ContentRow): void {
		getOrMake(this.released, field, () => []).push(row.id);
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

	/** Tracks a value that does not open. True if the caller gets an error for it, false if only null. */
	trackFailure(field: ContentField, row: ContentRow, code: 'CIPHERTEXT_INVALID' | 'KEY_UNAVAILABLE'): boolean {
		const first = !this.failed[code].has(field);
		getOrMake(this.failed[code], field, () => []).push(row.id);
		return code === 'KEY_UNAVAILABLE' ? first : ++this.#invalidShown <= MAX_ERRORS;
	}

	/** After the failures are recorded. */
	clearFailures(): void {
		for (const fields of Object.values(this.failed)) fields.clear();
	}

	/** Tracks why a value does not open. True if the caller gets the error, false if only null. */
	trackError(field: ContentField, row: ContentRow, error: unknown): boolean {
		if (!(error instanceof FirmsealError)) return true;
		// After the end of the lease, or without the log, the request gets no answer.
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
