import { v7 as uuidv7 } from 'uuid';
import {
	type Act,
	draftEntry,
	type EntryDraft,
	type EntryPlane,
	type KeyUse,
	systemEntry,
} from '../../src/audit/index.ts';

const key: KeyUse = { class: 'NOTE', version: 1, source: 'CACHE', requestId: null };
export const ids = (count: number): string[] => Array.from({ length: count }, () => uuidv7());

const by =
	(kind: 'firm' | 'operator', roles: EntryDraft['actor']['roles']) =>
	(user: string, act: Act): EntryDraft =>
		draftEntry({ actor: { kind, user, roles }, plane: kind, request: uuidv7() }, act);

const member = by('firm', ['MEMBER']);
const operator = by('operator', ['OPERATOR']);
const approver = by('operator', ['APPROVER']);

/** Entries as Firmseal writes them. */
export const opens = (user: string, firm: string, count: number): EntryDraft =>
	member(user, { action: 'content.open', firm, coordinates: ['Note.title'], records: ids(count), keys: [key] });

export const uses = (user: string, firm: string, records: readonly string[], lease = uuidv7()): EntryDraft =>
	operator(user, { action: 'lease.use', firm, lease, coordinates: ['Note.title'], records });

export const isWithheld = (user: string, firm: string, reason: 'NO_LEASE' | 'CLASS' = 'NO_LEASE'): EntryDraft =>
	operator(user, {
		action: 'content.deny',
		decision: 'DENIED',
		firm,
		coordinates: ['Note.title'],
		counts: { 'Note.title': 1 },
		reason,
	});

export const isRefused = (user: string, firm: string | null = null): EntryDraft =>
	member(user, {
		action: 'request.deny',
		decision: 'DENIED',
		firm,
		coordinates: ['Query.firmKeys'],
		reason: 'FORBIDDEN',
	});

export const doesNotOpen = (user: string, firm: string, count = 1): EntryDraft =>
	member(user, {
		action: 'content.fail',
		decision: 'FAILED',
		firm,
		coordinates: ['Note.title'],
		records: ids(count),
		reason: 'CIPHERTEXT_INVALID',
	});

const HASH = 'ab'.repeat(32);
export const agrees = (user: string, firm: string, lease: string): EntryDraft =>
	approver(user, { action: 'lease.approve', firm, lease, hash: HASH });
export const starts = (firm: string, lease: string): EntryDraft =>
	systemEntry('broker', { action: 'lease.start', firm, lease, hash: HASH });
export const ungrants = (firm: string, lease: string): EntryDraft =>
	systemEntry('broker', { action: 'key.ungrant', firm, lease });
export const changesPolicy = (user: string, firm: string): EntryDraft =>
	member(user, { action: 'policy.change', firm });

export const unwraps = (
	firm: string,
	reason: 'AWAY' | 'THROTTLED' | 'REFUSED' | null,
	plane: EntryPlane = 'worker',
): EntryDraft =>
	systemEntry(plane, {
		action: 'key.unwrap',
		firm,
		keys: [{ ...key, source: 'KEYRING' }],
		decision: reason ? 'FAILED' : 'ALLOWED',
		reason,
	});

export const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
