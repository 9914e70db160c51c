import { type GraphQLSchema, getNamedType, getNullableType, isListType, isObjectType } from 'graphql';
import { FirmsealError } from '../../errors.ts';
import { invalidApiAnswer } from '../call/index.ts';
import { FILE_OF } from './lists.ts';
import { isContent, objectType } from './schema.ts';
import { belowOf, isReference } from './selection.ts';

/** A record as the API has answered it, without what has a file of its own. */
export interface FoundRecord {
	readonly type: string;
	readonly values: Readonly<Record<string, unknown>>;
}

/** A connection of which there is more than was answered with the record that it belongs to. */
export interface PendingConnection {
	readonly type: string;
	readonly id: string;
	readonly field: string;
	readonly after: string;
	/** What was last read of it. */
	readonly last: RecordOrder;
}

/** Where a record stands in the order of its connection. */
export interface RecordOrder {
	readonly createdAt: string;
	readonly id: string;
}

export interface ParsedConnection {
	readonly records: readonly FoundRecord[];
	readonly pending: readonly PendingConnection[];
	/** null: there is no more. */
	readonly after: string | null;
	readonly last: RecordOrder | null;
}

/**
 * Takes a connection of an answer apart. `last`: what was read of it before.
 * @throws SetupError for an answer that is none; FirmsealError INTERNAL for records that come twice, or out of order.
 */
export function parseConnection(
	schema: GraphQLSchema,
	type: string,
	connection: unknown,
	last: RecordOrder | null,
): ParsedConnection {
	const records: FoundRecord[] = [];
	const pending: PendingConnection[] = [];

	function takeConnection(of: string, value: unknown, before: RecordOrder | null) {
		const { nodes, pageInfo } = (value ?? {}) as {
			nodes?: unknown;
			pageInfo?: { hasNextPage: boolean; endCursor: unknown };
		};
		if (!Array.isArray(nodes) || typeof pageInfo?.hasNextPage !== 'boolean') throw invalidApiAnswer();
		let mark = before;
		for (const node of nodes) {
			mark = next(of, mark, node);
			takeNode(of, node);
		}
		const { hasNextPage, endCursor } = pageInfo;
		if (!hasNextPage) return { after: null, last: mark };
		if (typeof endCursor !== 'string' || endCursor === '' || nodes.length === 0) throw invalidApiAnswer();
		return { after: endCursor, last: mark };
	}

	function takeNode(of: string, node: Readonly<Record<string, unknown>> & RecordOrder): void {
		const below = belowOf(objectType(schema, of));
		const values = Object.fromEntries(Object.entries(node).filter(([name]) => !below.has(name)));
		records.push({ type: of, values });
		for (const [field, child] of below) {
			const { after, last: reached } = takeConnection(child, node[field], null);
			if (after !== null && reached !== null) pending.push({ type: of, id: node.id, field, after, last: reached });
		}
	}

	const { after, last: reached } = takeConnection(type, connection, last);
	return { records, pending, after, last: reached };
}

/** Members come in the order in which they joined, which their records don't tell. */
function next(type: string, last: RecordOrder | null, node: unknown): RecordOrder {
	const { id, createdAt } = (node ?? {}) as Partial<RecordOrder>;
	if (typeof id !== 'string' || typeof createdAt !== 'string') throw invalidApiAnswer();
	const isLater =
		last === null ||
		(type === 'User' ? id !== last.id : createdAt > last.createdAt || (createdAt === last.createdAt && id > last.id));
	if (isLater) return { id, createdAt };
	throw new FirmsealError(
		'INTERNAL',
		'The API answered records twice, or in another order than it was asked for: tell whoever runs it.',
	);
}

/** A value of a record. */
export interface ContentLocation {
	readonly coordinate: string;
	readonly recordId: string;
}

/** Every object that a record consists of: itself, and its parts, such as the line items of an invoice. */
export function* objectsOf(schema: GraphQLSchema, { type, values }: FoundRecord): Generator<FoundRecord> {
	yield { type, values };
	for (const field of Object.values(objectType(schema, type).getFields())) {
		const named = getNamedType(field.type);
		if (!isObjectType(named) || isReference(named.name) || !isListType(getNullableType(field.type))) continue;
		for (const part of (values[field.name] ?? []) as Record<string, unknown>[])
			yield* objectsOf(schema, { type: named.name, values: part });
	}
}

/** Content of a record that is null, whyever. */
export function* nullContentOf(schema: GraphQLSchema, record: FoundRecord): Generator<ContentLocation> {
	for (const { type, values } of objectsOf(schema, record))
		for (const field of Object.values(objectType(schema, type).getFields()))
			if (isContent(field) && (values[field.name] ?? null) === null)
				yield { coordinate: `${type}.${field.name}`, recordId: String(values.id) };
}

/** The line of a record in its file. */
export const lineOf = ({ values }: FoundRecord): string => JSON.stringify(values);

/** @throws Error for a type that has none */
export function fileOf({ type }: Pick<FoundRecord, 'type'>): string {
	const file = FILE_OF[type];
	if (file === undefined) throw new Error(`${type} has no file.`);
	return file;
}
