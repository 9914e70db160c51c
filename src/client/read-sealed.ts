import type { ContentType } from './coordinate-types.ts';
import { CONTENT_TYPES } from './coordinates.generated.ts';
import { isRecord, ownValue } from './nodes.ts';
import type { CustodyOfClass, RecordToOpen, SealedValue } from './opener.ts';
import { ADDED } from './prepare-query.ts';
import type { ObjectShape } from './shape.ts';

/** An object of an answer, as the service sent it. */
export type SourceObject = Readonly<Record<string, unknown>>;

/** What is the same for all fields of a record. */
export type RecordHead = Pick<RecordToOpen, 'id' | 'firm' | 'thread' | 'stamp'>;

/** What becomes of a content field of an object. */
export type FieldOutcome =
	| { readonly kind: 'OPEN'; readonly sealed: SealedValue }
	/** The service sent neither a value nor a sealed value. */
	| { readonly kind: 'MISSING' }
	/** The service sent a value that it opened itself, which custody allows. */
	| { readonly kind: 'UNVERIFIED' }
	| { readonly kind: 'REFUSE'; readonly why: string };

/** null if it is malformed. */
export function readHead(content: ContentType, source: SourceObject): RecordHead | null {
	const id = ownValue(source, ADDED.id);
	const firm = ownValue(source, ADDED.firm);
	const thread = content.thread === undefined ? null : readId(ownValue(source, ADDED.thread));
	const lists = Object.keys(content.fields).map((name) => readStamp(ownValue(source, ADDED.field(name))));
	const stamp = lists.find((each) => each !== null) ?? null;
	if (typeof id !== 'string' || typeof firm !== 'string' || stamp === null) return null;
	if (content.thread !== undefined && thread === null) return null;
	return { id, firm, thread, stamp };
}

/** Whether the application would see another id, or another firm, than those that the content is verified for. Without them, none opens. */
export const contradictsId = (shape: ObjectShape, source: SourceObject): boolean =>
	differs(shape.idKeys, source, ownValue(source, ADDED.id)) ||
	differs(shape.firmKeys, source, ownValue(source, ADDED.firm));

const differs = (keys: readonly string[], source: SourceObject, value: unknown): boolean =>
	typeof value === 'string' && keys.some((key) => Object.hasOwn(source, key) && source[key] !== value);

/** Whether the object says of itself that it has another type than the one that it is read as. */
export const contradictsType = (shape: ObjectShape, source: SourceObject): boolean =>
	shape.typenameKeys.some((key) => Object.hasOwn(source, key) && source[key] !== shape.type);

/**
 * Whether something in a value says of itself that it is an object with content. For a field that leads to none: a cache would show it as that
 * object, unverified.
 */
export function claimsContent(value: unknown): boolean {
	// A list instead of recursion, because a hostile value can be deep.
	const left: unknown[] = [value];
	for (let item = left.pop(); item !== undefined; item = left.pop()) {
		if (typeof item !== 'object' || item === null) continue;
		const typename = isRecord(item) ? ownValue(item, '__typename') : undefined;
		if (typeof typename === 'string' && ownValue(CONTENT_TYPES, typename)) return true;
		left.push(...Object.values(item).filter((each) => each !== undefined));
	}
	return false;
}

/** A row of which `id`, `firmId`, the thread and all `sealedFields` were asked for under their names; null if it is malformed. */
export function readRecord(type: string, content: ContentType, node: SourceObject): RecordToOpen | null {
	const list = ownValue(node, 'sealedFields');
	const [id, firm, stamp] = [ownValue(node, 'id'), ownValue(node, 'firmId'), readStamp(list)];
	const thread = content.thread === undefined ? null : readId(ownValue(node, content.thread));
	if (typeof id !== 'string' || typeof firm !== 'string' || stamp === null || !Array.isArray(list)) return null;
	if (content.thread !== undefined && thread === null) return null;
	const fields = list.map(readSealedValue).filter((field) => field !== null);
	if (fields.length < list.length) return null;
	return { path: ['node'], type, id, firm, thread, stamp, fields, requestedId: null };
}

/** The id of an object; null if it is malformed. */
export function readId(value: unknown): string | null {
	const id = isRecord(value) ? ownValue(value, 'id') : undefined;
	return typeof id === 'string' ? id : null;
}

/** The stamp of the first sealed field; null if there is none. */
function readStamp(list: unknown): string | null {
	const item: unknown = Array.isArray(list) ? list[0] : undefined;
	const stamp = isRecord(item) ? ownValue(item, 'stamp') : undefined;
	return typeof stamp === 'string' ? stamp : null;
}

/** null if it is malformed. */
function readSealedValue(item: unknown): SealedValue | null {
	if (!isRecord(item)) return null;
	const name = ownValue(item, 'name');
	const envelope = ownValue(item, 'envelope');
	if (typeof name !== 'string' || (typeof envelope !== 'string' && envelope !== null)) return null;
	return { name, envelope };
}

/** Decides on a field. `keys` are its response keys that the object has. */
export function readField(
	type: string,
	field: string,
	keys: readonly string[],
	source: SourceObject,
	head: RecordHead | null,
	custody: CustodyOfClass,
): FieldOutcome {
	const isPlain = keys.some((key) => source[key] !== null && source[key] !== undefined);
	if (isPlain && custody === 'FIRM')
		return refuse(
			`The service sent ${type}.${field} unsealed, although only the firm has its keys: it is not shown. Read it again. If it stays so, tell an owner of the firm.`,
		);
	const list = ownValue(source, ADDED.field(field));
	if (list === undefined || list === null || (Array.isArray(list) && list.length === 0))
		// A device has sealed the row if any of its values has a stamp: then none of them is the service's.
		return { kind: custody === 'FIRM' || head ? 'MISSING' : 'UNVERIFIED' };
	const sealed = Array.isArray(list) && list.length === 1 ? readSealedValue(list[0]) : null;
	if (sealed?.name !== field)
		return refuse(`The service sent ${type}.${field} in a form that is not known: it is not shown. Read it again.`);
	if (head) return { kind: 'OPEN', sealed };
	return refuse(
		`The service did not say which record ${type}.${field} belongs to: it is not shown. Read the object again.`,
	);
}

const refuse = (why: string): FieldOutcome => ({ kind: 'REFUSE', why });
