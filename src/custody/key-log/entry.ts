import type { Shaped } from '../shape.ts';
import type { BODIES, SUB_LOG_BODIES } from './bodies.ts';

export type KeyLogKind = keyof typeof BODIES;
export type KeyLogBody<K extends KeyLogKind = KeyLogKind> = Shaped<(typeof BODIES)[K]>;
export type SubLogKind = keyof typeof SUB_LOG_BODIES;

/** The second signature of FORMAT.md, section 6. */
export interface SecondSignature {
	/** Device id. */
	readonly device: string;
	/** Hash of the entry `seq`. */
	readonly head: string;
	readonly seq: number;
	/** Base64 of 64 bytes. */
	readonly signature: string;
}

/** What a firm of one owner may give instead of a second signature: the `seq` of a `notice`. */
export type Agreement = SecondSignature | { readonly notice: number };

interface EntryParts<K, B> {
	readonly v: 1;
	/** Id of the firm. */
	readonly firm: string;
	readonly seq: number;
	/** Hash of the entry before; 64 zeros for entry 0. */
	readonly prev: string;
	readonly kind: K;
	readonly body: B;
	/** Id of the device that signs. */
	readonly device: string;
	/** ISO 8601 in UTC, for people only: nothing is decided by it. */
	readonly time: string;
	readonly agreement?: Agreement;
	/** Base64 of 64 bytes. */
	readonly signature: string;
}

/** An entry of a firm's log. FORMAT.md, section 4. */
export type KeyLogEntry<K extends KeyLogKind = KeyLogKind> = {
	[Kind in K]: EntryParts<Kind, KeyLogBody<Kind>>;
}[K];

/** An entry of a portal client's sub-log. */
export type SubLogEntry<K extends SubLogKind = SubLogKind> = {
	[Kind in K]: EntryParts<Kind, Shaped<(typeof SUB_LOG_BODIES)[Kind]>>;
}[K];

/** An entry that has the form of its format. Whether its log allows it, extendKeyLog() decides. */
export interface ReadEntry<E extends KeyLogEntry | SubLogEntry = KeyLogEntry> {
	/** Canonical JSON: the leaf of the log's tree. */
	readonly text: string;
	/** SHA-256 of `text`, in hexadecimal. */
	readonly hash: string;
	readonly entry: E;
}
