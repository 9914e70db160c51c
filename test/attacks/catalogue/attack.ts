import type { AttackAnswer, Stage } from './stage.ts';

/** The layers that can refuse an attack, and what a case must show to prove that this layer refused it (proofs.ts). */
export const LAYERS = {
	HTTP: 'the server before GraphQL: a 4xx, no statement except the identity lookup, nothing on record',
	identity:
		'the caller’s identity: UNAUTHENTICATED, or FORBIDDEN on record for an account without a role; no row is read',
	proof:
		'the MAC of a row that gives a right: FORBIDDEN, `rights.refuse` on record with the account, and an error line in the log; no row is read',
	rights:
		'what a role may call: FORBIDDEN and one `request.deny` that names the operation, or null for an id; no row is read',
	schema: 'the document: it does not parse, or does not match the schema; no row is read',
	arguments: 'the arguments: BAD_USER_INPUT without the value; no row is read',
	limits: 'the limits on a document and its answer: TOO_EXPENSIVE; no row is read',
	'answer memory':
		'the memory for long answers: RATE_LIMITED with Retry-After, no part of the answer, and the opened content is on record',
	lease:
		'the lease that a request names: LEASE_NOT_ACTIVE for the whole request, on record; no statement names a content column',
	'resolver lock': 'null, `extensions.sealed` and one `content.deny`; no statement names a content column',
	'database lock': 'privileges and row policies: SQLSTATE 42501, or the statement runs and finds nothing',
	'database rule': 'a constraint or trigger: SQLSTATE of class 23 for every role',
	'key lock': 'the keyring and the data keys: KEY_UNAVAILABLE, and for a read a `content.fail` on record',
	envelope: 'the cipher: the value is only ciphertext, or CIPHERTEXT_INVALID with a `content.fail` and an alert',
	writes: 'the use case: NOT_FOUND, CONFLICT, RATE_LIMITED, or FORBIDDEN after a row was read; no change is on record',
	'error format': 'errors: a code, a fixed sentence, and no value, statement or stack',
	'second approval':
		'an approval covers exactly what the approver read, by hash: CONFLICT otherwise, FORBIDDEN for the same person; nothing is approved',
	start: 'the start-up checks: a sentence that names the problem, and nothing is opened',
	'migrated value': 'the reader of values from other programs: CIPHERTEXT_INVALID, with the reason',
	'audit log': 'the log: it refuses a false entry, records the action, or shows a missing number',
	none: 'nothing in this version: the attack works, and SECURITY.md says so',
} as const;

export type Layer = keyof typeof LAYERS;

/** What an attack got back, as proof of its layer. At least one field is set. */
export interface Evidence {
	readonly answers?: readonly AttackAnswer[];
	/** SQLSTATE of each statement; `done` for one that was not refused. */
	readonly states?: readonly string[];
	/** Values of content columns that the attacker has read. */
	readonly values?: readonly Uint8Array[];
	/** The reasons for which a keyring refused a direct call. */
	readonly keyring?: readonly string[];
	/** The sentences of a process, or of the reader of a value, that refuses. */
	readonly refusals?: readonly string[];
	/** A quote from SECURITY.md about an attack that works. */
	readonly admitted?: string;
}

export interface Attack {
	/** What is tried. */
	readonly attack: string;
	/** What happens instead. */
	readonly expected: string;
	readonly layer: Layer;
	/** Runs the attack, and asserts what the proof of its layer doesn't. */
	run(stage: Stage): Promise<Evidence>;
}

export interface Area {
	readonly title: string;
	readonly attacks: readonly Attack[];
}
