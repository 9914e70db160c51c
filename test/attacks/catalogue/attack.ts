import type { AttackAnswer, Stage } from './stage.ts';

/** What can answer an attack, and how a case has to show that it was this which answered (proofs.ts). */
export const LAYERS = {
	HTTP: 'the server before GraphQL: a 4xx, no statement but the one that asks who somebody is, nothing on record',
	identity: 'who somebody is: UNAUTHENTICATED, or FORBIDDEN on record for an account without a role; no row is read',
	proof:
		'the MAC of a row that gives a right: FORBIDDEN, `rights.refuse` on record with the account, and a line for whoever is on call; no row is read',
	rights:
		'what a role may call: FORBIDDEN and one `request.deny` that names the operation, or null for an id; no row is read',
	schema: 'the document: it does not parse, or does not fit the schema; no row is read',
	arguments: 'the arguments: BAD_USER_INPUT without the value; no row is read',
	limits: 'the limits of a document and an answer: TOO_EXPENSIVE; no row is read',
	room: 'the room for long answers: RATE_LIMITED and when to come again, nothing of the answer, and what was opened is on record',
	lease:
		'the lease that a request names: LEASE_NOT_ACTIVE for the whole request, on record; no statement names a column of content',
	'resolver lock': 'null, `extensions.sealed` and one `content.deny`; no statement names a column of content',
	'database lock': 'privileges and row policies: SQLSTATE 42501, or the statement runs and finds nothing',
	'database rule': 'a constraint or trigger: SQLSTATE of class 23, whoever writes',
	'key lock': 'the keyring and the data keys: KEY_UNAVAILABLE, and for a reading a `content.fail` on record',
	envelope: 'the cipher: the value is ciphertext only, or CIPHERTEXT_INVALID with a `content.fail` and an alert',
	writes:
		'the use case: NOT_FOUND, CONFLICT, RATE_LIMITED, or FORBIDDEN once it has looked, and no change is on record',
	'error format': 'errors: a code, a fixed sentence, and no value, statement or stack',
	'second yes':
		'what a second person has read, by its hash: CONFLICT for another, FORBIDDEN for the same person, and nothing is agreed to',
	start: 'what each start asks first: a sentence that names what is wrong, and nothing is opened',
	'moved value': 'the reader of other programs’ values: CIPHERTEXT_INVALID that says what is refused',
	'audit log': 'the log: what was done is on record, or a missing number shows',
	none: 'nothing in this version: the attack works, and SECURITY.md says so',
} as const;

export type Layer = keyof typeof LAYERS;

/** What an attack was answered with, for the proof of its layer. At least one of these. */
export interface Evidence {
	readonly answers?: readonly AttackAnswer[];
	/** SQLSTATE of each statement; `done` for one that was not refused. */
	readonly states?: readonly string[];
	/** What the attacker has of columns of content. */
	readonly values?: readonly Uint8Array[];
	/** Reasons of a keyring that was asked directly. */
	readonly keyring?: readonly string[];
	/** Sentences with which a process, or the reader of a value, refuses. */
	readonly refusals?: readonly string[];
	/** What SECURITY.md says of an attack that works, in its words. */
	readonly admitted?: string;
}

export interface Attack {
	/** What is tried. */
	readonly attack: string;
	/** What happens instead. */
	readonly expected: string;
	readonly layer: Layer;
	/** Tries it, and asserts whatever its layer's proof does not. */
	run(stage: Stage): Promise<Evidence>;
}

export interface Area {
	readonly title: string;
	readonly attacks: readonly Attack[];
}
