import type { GraphQLSchema } from 'graphql';
import type { ErrorCode } from '../../errors.ts';
import type { PartialAnswer } from '../call/index.ts';
import { type ContentLocation, type FoundRecord, nullContentOf } from './records.ts';
import { fieldsOf, isContent, typeOf } from './schema.ts';

/** A value or a file that could not be read. */
export interface ExportFailure extends ContentLocation {
	/**
	 * The API's code; NOT_TOLD for a null in an answer with so many errors that the API names no more; for files also SHA256_DIFFERS,
	 * LENGTH_DIFFERS, CUT.
	 */
	readonly code: ErrorCode | 'NOT_TOLD' | 'SHA256_DIFFERS' | 'LENGTH_DIFFERS' | 'CUT';
}

/** An answer names at most this many values that don't open. */
const MAX_REPORTED = 20;

/** Whether more values may have failed than the answer names. */
export const isTruncated = ({ errors }: PartialAnswer): boolean =>
	errors.filter(({ error }) => error.code === 'CIPHERTEXT_INVALID').length >= MAX_REPORTED;

export const lacksKey = ({ errors }: PartialAnswer): boolean =>
	errors.some(({ error }) => error.code === 'KEY_UNAVAILABLE');

/**
 * The values that an answer lacks. The API reports an unavailable key once for all values of a coordinate, so each null of that coordinate
 * counts as one that lacks the key. The answer lacks nothing else: see assertOnlyValues().
 */
export function failuresOf(
	schema: GraphQLSchema,
	answer: PartialAnswer,
	records: readonly FoundRecord[],
): ExportFailure[] {
	const found = new Map<string, ExportFailure>();
	const note = (location: ContentLocation, code: ExportFailure['code']) => {
		const key = `${location.coordinate} ${location.recordId}`;
		if (!found.has(key)) found.set(key, { ...location, code });
	};
	const lacking = new Set<string>();
	for (const { path, error } of answer.errors) {
		const location = locationOf(schema, answer, path);
		if (location === null) continue;
		note(location, error.code);
		if (error.code === 'KEY_UNAVAILABLE') lacking.add(location.coordinate);
	}
	if (lacking.size > 0 || isTruncated(answer))
		for (const record of records)
			for (const location of nullContentOf(schema, record))
				if (lacking.has(location.coordinate)) note(location, 'KEY_UNAVAILABLE');
				else if (isTruncated(answer)) note(location, 'NOT_TOLD');
	return [...found.values()];
}

/** @throws the first error that is not about a value of content, because then more than a value is missing */
export function assertOnlyValues(schema: GraphQLSchema, answer: PartialAnswer): void {
	const other = answer.errors.find(({ path }) => locationOf(schema, answer, path) === null);
	if (other) throw other.error;
}

/** The value of content that a path of an answer leads to; null if it leads to something else. */
function locationOf(
	schema: GraphQLSchema,
	{ data }: PartialAnswer,
	path: readonly (string | number)[],
): ContentLocation | null {
	let type = 'Query';
	let value: unknown = data;
	for (const step of path.slice(0, -1)) {
		if (typeof step === 'string') {
			const field = fieldsOf(schema, type)[step];
			if (!field) return null;
			type = typeOf(field);
		}
		value = (value as Readonly<Record<string | number, unknown>> | null | undefined)?.[step];
	}
	const field = fieldsOf(schema, type)[String(path.at(-1))];
	const { id } = (value ?? {}) as { readonly id?: unknown };
	return field && isContent(field) && typeof id === 'string'
		? { coordinate: `${type}.${field.name}`, recordId: id }
		: null;
}
