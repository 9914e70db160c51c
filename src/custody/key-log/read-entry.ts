import { sha256, toHex, utf8 } from '../bytes.ts';
import { exactJson } from '../exact-json.ts';
import {
	base64Of,
	eitherOf,
	hash,
	isPlainObject,
	oneOf,
	type Shape,
	seq,
	shapeOf,
	text,
	time,
	uuid,
} from '../shape.ts';
import { BODIES, SUB_LOG_BODIES } from './bodies.ts';
import type { KeyLogBody, KeyLogEntry, KeyLogKind, ReadEntry, SecondSignature, SubLogEntry } from './entry.ts';
import { KeyLogError } from './key-log-error.ts';

/** Bytes of an entry's JSON. */
const MAX_ENTRY_BYTES = 65_536;

type Bodies = Readonly<Record<string, Shape<unknown>>>;

const secondSignature = shapeOf({ device: hash, head: hash, seq, signature: base64Of(64) });
const agreement = eitherOf(secondSignature, shapeOf({ notice: seq }));
const PARTS = {
	body: isPlainObject,
	device: hash,
	firm: uuid,
	kind: text,
	prev: hash,
	seq,
	signature: base64Of(64),
	time,
	v: oneOf(1),
};
const plain = shapeOf(PARTS);
const agreed = shapeOf({ ...PARTS, agreement });

/**
 * Reads an entry of a firm's log and checks its form: canonical JSON, exact keys, types and sizes (FORMAT.md, sections 1 and 4).
 * @throws KeyLogError with the rule `length`, `json` or `shape`
 */
export const readEntry = (text: string): Promise<ReadEntry> => read<KeyLogEntry>(text, BODIES);

/** Whether an untrusted value has the form of a second signature. What it signs is not checked. */
export const isSecondSignature = (value: unknown): value is SecondSignature => secondSignature(value);

/** Whether an untrusted value is the body of an entry of this kind: exact keys, types and sizes. */
export const isBodyOf = <K extends KeyLogKind>(kind: K, value: unknown): value is KeyLogBody<K> =>
	Object.hasOwn(BODIES, kind) && BODIES[kind](value);

/** readEntry() of a portal client's sub-log. */
export const readSubLogEntry = (text: string): Promise<ReadEntry<SubLogEntry>> =>
	read<SubLogEntry>(text, SUB_LOG_BODIES);

async function read<E extends KeyLogEntry | SubLogEntry>(text: string, bodies: Bodies): Promise<ReadEntry<E>> {
	if (text.length > MAX_ENTRY_BYTES) throw new KeyLogError('length', null);
	const bytes = utf8(text);
	if (bytes.length > MAX_ENTRY_BYTES) throw new KeyLogError('length', null);
	const value = parse(text);
	// The form is checked first, because it bounds how deep exactJson() goes.
	if (!hasForm<E>(value, bodies)) throw new KeyLogError('shape', seqOf(value));
	if (exactJson(value) !== text) throw new KeyLogError('json', value.seq);
	return { text, hash: toHex(await sha256(bytes)), entry: value };
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw new KeyLogError('json', null);
	}
}

function hasForm<E>(value: unknown, bodies: Bodies): value is E {
	if (!plain(value) && !agreed(value)) return false;
	return Object.hasOwn(bodies, value.kind) && bodies[value.kind]?.(value.body) === true;
}

const seqOf = (value: unknown): number | null => (isPlainObject(value) && PARTS.seq(value.seq) ? value.seq : null);
