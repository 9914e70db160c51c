import type { FieldNode } from 'graphql';
import { CONTENT_TYPES, OBJECT_FIELDS, QUERIES_BY_ID } from './coordinates.generated.ts';
import { evaluate, type VariableValues } from './evaluate.ts';
import { ownValue } from './nodes.ts';
import { ADDED } from './prepare-query.ts';
import { readId, type SourceObject } from './read-sealed.ts';
import type { ObjectShape } from './shape.ts';

/** A record whose id the document names. */
export interface RequestedRecord {
	readonly id: string;
	/** The only type that it is the id of; null for any. */
	readonly type: string | null;
}

/** What a place of an answer was asked for. */
export interface Asked {
	readonly record: RequestedRecord | null;
	/** Id of the thread to which the messages there belong; null if nothing names one. */
	readonly thread: string | null;
}

export const NOT_NAMED: Asked = { record: null, thread: null };

/** Types of a thread of messages. */
const THREADS = new Set(
	Object.entries(CONTENT_TYPES).flatMap(([type, { thread }]) =>
		thread === undefined ? [] : [ownValue(ownValue(OBJECT_FIELDS, type) ?? {}, thread)],
	),
);

/** What a field at the top of an answer is asked for. `values`: those of the variables. */
export type RequestedBy = (field: FieldNode, values: VariableValues) => Asked;

export const requestedByQuery: RequestedBy = (field, values) => {
	const textOf = (argument: string): string | null => {
		const node = field.arguments?.find(({ name }) => name.value === argument)?.value;
		return textOrNull(node && evaluate(node, values));
	};
	const name = field.name.value;
	const isThread = THREADS.has(ownValue(ownValue(OBJECT_FIELDS, 'Query') ?? {}, name));
	const id = isThread || QUERIES_BY_ID.includes(name) ? textOf('id') : null;
	return { record: id === null ? null : { id, type: null }, thread: textOf('threadId') };
};

export const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** What the fields of an object are asked for: the record in a payload is the one that the mutation names. */
export function passedOn(
	{ record, thread }: Asked,
	{ type, content, idKeys }: ObjectShape,
	source: SourceObject,
): Asked {
	if (content) return { record: null, thread: content.thread === undefined ? null : threadOf(source) };
	if (THREADS.has(type)) {
		const shown = idKeys.map((key) => textOrNull(ownValue(source, key))).find((id) => id !== null);
		return { record: null, thread: thread ?? record?.id ?? shown ?? null };
	}
	return { record: record?.type ? record : null, thread };
}

/** Whether the application would see a message in another thread than its own, or a thread under the id of another. */
export function contradictsThread({ record, thread }: Asked, shape: ObjectShape, source: SourceObject): boolean {
	if (THREADS.has(shape.type)) {
		const asked = thread ?? record?.id ?? null;
		return asked !== null && shape.idKeys.some((key) => Object.hasOwn(source, key) && source[key] !== asked);
	}
	if (shape.content?.thread === undefined) return false;
	const own = threadOf(source);
	return thread !== null && own !== null && own !== thread;
}

const threadOf = (source: SourceObject): string | null => readId(ownValue(source, ADDED.thread));
