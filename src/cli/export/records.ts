import { type GraphQLSchema, getNullableType, isListType, isObjectType } from 'graphql';
import { FirmsealError } from '../../errors.ts';
import { invalidApiAnswer } from '../call/index.ts';
import { FILE_OF } from './lists.ts';
import { fieldsOf, isContent, isReference, pagedBelow, typeOf } from './schema.ts';

/** A record as the API answered it, without the records below it that have a file of their own. */
export interface FoundRecord {
	readonly type: string;
	readonly values: Readonly<Record<string, unknown>>;
}

/** The position in a connection after a page. */
export interface ConnectionEnd {
	/** The cursor of the next page; null at the end of the connection. */
	readonly after: string | null;
	/** The record that was read last; null before the first one. */
	readonly last: RecordOrder | null;
}

/** A connection below a record, of which the record's page has only the first rows. */
export interface PendingConnection extends ConnectionEnd {
	readonly type: string;
	readonly id: string;
	readonly field: string;
}

/** The values that order a record in its connection. */
interface RecordOrder {
	readonly createdAt: string;
	readonly id: string;
}

export interface ParsedConnection extends ConnectionEnd {
	readonly records: readonly FoundRecord[];
	readonly pending: readonly PendingConnection[];
}

/**
 * Parses a connection of an answer. `last` is the record that was read before it.
 * @throws SetupError for an invalid answer; FirmsealError INTERNAL for records that come twice or out of order
 */
export function parseConnection(
	schema: GraphQLSchema,
	type: string,
	connection: unknown,
	last: RecordOrder | null,
): ParsedConnection {
	const records: FoundRecord[] = [];
	const pending: PendingConnection[] = [];

	function takeConnection(of: string, value: unknown, before: RecordOrder | null): ConnectionEnd {
		const { nodes, pageInfo } = (value ?? {}) as {
			nodes?: unknown;
			pageInfo?: { hasNextPage: boolean; endCursor: unknown };
		};
		if (!Array.isArray(nodes) || typeof pageInfo?.hasNextPage !== 'boolean') throw invalidApiAnswer();
		let reached = before;
		for (const node of nodes) {
			reached = next(of, reached, node);
			takeNode(of, node);
		}
		const { hasNextPage, endCursor } = pageInfo;
		if (!hasNextPage) return { after: null, last: reached };
		if (typeof endCursor !== 'string' || endCursor === '' || nodes.length === 0) throw invalidApiAnswer();
		return { after: endCursor, last: reached };
	}

	function takeNode(of: string, node: Readonly<Record<string, unknown>> & RecordOrder): void {
		const below = Object.values(fieldsOf(schema, of)).filter((field) => pagedBelow(field) !== null);
		const names = below.map(({ name }) => name);
		records.push({
			type: of,
			values: Object.fromEntries(Object.entries(node).filter(([name]) => !names.includes(name))),
		});
		for (const field of below) {
			const end = takeConnection(pagedBelow(field) ?? '', node[field.name], null);
			if (end.after !== null) pending.push({ type: of, id: node.id, field: field.name, ...end });
		}
	}

	return { ...takeConnection(type, connection, last), records, pending };
}

/** Members come in the order in which they joined. Their records don't have that time, so only a repeated member is detected. */
function next(type: string, last: RecordOrder | null, node: unknown): RecordOrder {
	const { id, createdAt } = (node ?? {}) as Partial<RecordOrder>;
	if (typeof id !== 'string' || typeof createdAt !== 'string') throw invalidApiAnswer();
	const isLater =
		last === null ||
		(type === 'User' ? id !== last.id : createdAt > last.createdAt || (createdAt === last.createdAt && id > last.id));
	if (isLater) return { id, createdAt };
	throw new FirmsealError(
		'INTERNAL',
		'The API answered records twice, or in another order than asked for: report this to the operator of the API.',
	);
}

/** Every object that a record consists of: itself and its parts, such as the line items of an invoice. */
function* objectsOf(schema: GraphQLSchema, { type, values }: FoundRecord): Generator<FoundRecord> {
	yield { type, values };
	for (const field of Object.values(fieldsOf(schema, type))) {
		const part = typeOf(field);
		if (!isObjectType(schema.getType(part)) || isReference(part) || !isListType(getNullableType(field.type))) continue;
		for (const each of (values[field.name] ?? []) as Record<string, unknown>[])
			yield* objectsOf(schema, { type: part, values: each });
	}
}

/** A value of a record. */
export interface ContentLocation {
	readonly coordinate: string;
	readonly recordId: string;
}

/** The content fields of a record that are null, for any reason. */
export function* nullContentOf(schema: GraphQLSchema, record: FoundRecord): Generator<ContentLocation> {
	for (const { type, values } of objectsOf(schema, record))
		for (const field of Object.values(fieldsOf(schema, type)))
			if (isContent(field) && (values[field.name] ?? null) === null)
				yield { coordinate: `${type}.${field.name}`, recordId: String(values.id) };
}

/** @throws Error for a type that has no file */
export function fileOf({ type }: FoundRecord): string {
	const file = FILE_OF[type];
	if (file === undefined) throw new Error(`${type} has no file.`);
	return file;
}

export interface Tally {
	/** The number of objects of each type, parts of records included. */
	readonly counts: Record<string, number>;
	/** The number of versions' files, and the sum of their sizes that the API gives. */
	files: number;
	bytes: number;
}

export function addTo(tally: Tally, schema: GraphQLSchema, record: FoundRecord): void {
	for (const { type, values } of objectsOf(schema, record)) {
		tally.counts[type] = (tally.counts[type] ?? 0) + 1;
		if (type !== 'DocumentVersion' || typeof values.byteSize !== 'number') continue;
		tally.files += 1;
		tally.bytes += values.byteSize;
	}
}
