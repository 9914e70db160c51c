import { type DocumentNode, Kind, OperationTypeNode } from 'graphql';
import { type ErrorCode, FirmsealError } from '../errors.ts';
import type { ContentType } from './coordinate-types.ts';
import { CONTENT_TYPES } from './coordinates.generated.ts';
import {
	argumentNode,
	fieldNode,
	isRecord,
	nameNode,
	ownValue,
	PREFIX,
	sealedFieldsNode,
	selectionSet,
	variableNode,
} from './nodes.ts';
import type { CustodyOfClass, RecordToOpen } from './opener.ts';
import { readId, readRecord } from './read-sealed.ts';

/** A row as it is before an update. */
export interface CurrentRow {
	/** null for a row that the service still seals, which custody allows. */
	readonly record: RecordToOpen | null;
	/** Values that the service opened itself, by field, of such a row. */
	readonly values: Readonly<Record<string, unknown>>;
	/** The thread of a message; null for other types. */
	readonly thread: string | null;
}

/** An answer of the service. */
export interface ServiceAnswer {
	readonly data?: unknown;
	readonly errors?: readonly unknown[] | undefined;
	readonly extensions?: unknown;
}

function typeNamed(type: string): ContentType {
	const content = ownValue(CONTENT_TYPES, type);
	if (!content) throw new Error(`${type} is no type with content.`);
	return content;
}

const plainKey = (field: string): string => `plain_${field}`;
const writable = ({ fields }: ContentType): string[] =>
	Object.keys(fields).filter((name) => !fields[name]?.isServerMade);

/**
 * The query `($id: ID!)` for the row that an update changes: who it is, its stamp and its sealed values; beside FIRM custody also its
 * values. `type` has content. @throws Error for any other type.
 */
export function currentRowQuery(type: string, custody: CustodyOfClass): DocumentNode {
	const content = typeNamed(type);
	const plain = custody === 'FIRM' ? [] : writable(content);
	const onType = {
		kind: Kind.INLINE_FRAGMENT as const,
		typeCondition: { kind: Kind.NAMED_TYPE as const, name: nameNode(type) },
		selectionSet: selectionSet([
			...['id', 'firmId', 'revision'].map((name) => fieldNode(name)),
			...(content.thread === undefined ? [] : [fieldNode(content.thread, { selections: [fieldNode('id')] })]),
			...plain.map((name) => fieldNode(name, { alias: plainKey(name) })),
			sealedFieldsNode(Object.keys(content.fields), ['name', 'envelope', 'stamp']),
		]),
	};
	const node = {
		...fieldNode('node', { arguments: [argumentNode('id', variableNode('id'))] }),
		selectionSet: selectionSet([onType]),
	};
	const id = { kind: Kind.NAMED_TYPE as const, name: nameNode('ID') };
	const variable = {
		kind: Kind.VARIABLE_DEFINITION as const,
		variable: variableNode('id'),
		type: { kind: Kind.NON_NULL_TYPE as const, type: id },
	};
	const operation = {
		kind: Kind.OPERATION_DEFINITION as const,
		operation: OperationTypeNode.QUERY,
		name: nameNode(`${PREFIX}current_row`),
		variableDefinitions: [variable],
		selectionSet: selectionSet([node]),
	};
	return { kind: Kind.DOCUMENT, definitions: [operation] };
}

/**
 * Reads the answer to `currentRowQuery`. The answer may be hostile.
 * @throws FirmsealError NOT_FOUND, CONFLICT if the row has another revision, CIPHERTEXT_INVALID if the answer is malformed or withholds
 * values, and the code of the answer's first error
 */
export function readCurrentRow(
	answer: ServiceAnswer,
	wanted: { readonly type: string; readonly id: string; readonly expectedRevision: number },
	custody: CustodyOfClass,
): CurrentRow {
	const { type, id } = wanted;
	const content = typeNamed(type);
	if (answer.errors && answer.errors.length > 0) throw errorOf(type, answer.errors[0]);
	const node = isRecord(answer.data) ? ownValue(answer.data, 'node') : undefined;
	if (!isRecord(node) || !Object.hasOwn(node, 'id'))
		throw new FirmsealError('NOT_FOUND', `The ${type} to change does not exist, or you may not see it.`);
	if (node.id !== id) throw malformed(type);
	if (ownValue(node, 'revision') !== wanted.expectedRevision)
		throw new FirmsealError('CONFLICT', `The ${type} was changed meanwhile: read it again, then repeat the change.`);
	const firm = ownValue(node, 'firmId');
	const list = ownValue(node, 'sealedFields');
	const thread = content.thread === undefined ? null : readId(ownValue(node, content.thread));
	if (typeof firm !== 'string' || !Array.isArray(list)) throw malformed(type);
	if (content.thread !== undefined && thread === null) throw malformed(type);
	if (list.length === 0 && custody !== 'FIRM') {
		// A value that is only withheld would be written as null.
		if (isRecord(answer.extensions) && Object.hasOwn(answer.extensions, 'sealed')) throw malformed(type);
		return { record: null, values: plainValues(content, node), thread };
	}
	const record = readRecord(type, content, node);
	if (record === null) throw malformed(type);
	return { record: { ...record, requestedId: id }, values: {}, thread };
}

function errorOf(type: string, error: unknown): FirmsealError {
	const extensions = isRecord(error) ? ownValue(error, 'extensions') : undefined;
	const code = isRecord(extensions) ? ownValue(extensions, 'code') : undefined;
	const message = `The ${type} to change could not be read, so nothing was changed: try again.`;
	return new FirmsealError(typeof code === 'string' ? (code as ErrorCode) : 'INTERNAL', message);
}

const plainValues = (content: ContentType, node: Readonly<Record<string, unknown>>): Record<string, unknown> =>
	Object.fromEntries(writable(content).map((name) => [name, ownValue(node, plainKey(name)) ?? null]));

const malformed = (type: string): FirmsealError =>
	new FirmsealError(
		'CIPHERTEXT_INVALID',
		`The service did not send the ${type} to change as it must: nothing was changed. Read it again.`,
	);
