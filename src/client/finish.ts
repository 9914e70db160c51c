import type { CollectedAnswer, FieldTask, ObjectTask } from './collect-sealed.ts';
import type { ServiceAnswer } from './current-row.ts';
import { isRecord, ownValue, PREFIX } from './nodes.ts';
import type { OpenedRecord, OpenedValue } from './opener.ts';

/** An error of GraphQL, as an answer has it. */
export interface AnswerError {
	readonly message: string;
	readonly path?: readonly (string | number)[];
	readonly extensions?: Readonly<Record<string, unknown>>;
}

/** An answer with its content opened. */
export interface FinishedAnswer {
	readonly data: unknown;
	/** The service's errors. */
	readonly errors: readonly unknown[];
	/** One for each value that does not open, at most 20, as the service does. */
	readonly added: readonly AnswerError[];
	/**
	 * The service's, with these changes. `sealed` lacks what was opened. `unverified`: coordinates of values that the service opened.
	 * `inactiveAuthors`: paths of records whose author's device is no longer active. The last two are left out if they are empty.
	 */
	readonly extensions: Readonly<Record<string, unknown>> | undefined;
}

const MAX_ERRORS = 20;
/** Of `extensions.sealed`. */
const OWN_CUSTODY = 'FIRM_CUSTODY';

/**
 * Puts opened values in their places. Changes `answer.data` and nothing that the service sent. `opened` belongs to `answer.records`, in
 * order. @throws Error if it has another length.
 */
export function finish(
	answer: CollectedAnswer,
	opened: readonly OpenedRecord[],
	frame: Omit<ServiceAnswer, 'data'>,
): FinishedAnswer {
	if (opened.length !== answer.records.length) throw new Error('The opener gave another number of records.');
	const counts: Counts = { unopened: new Map(), unverified: new Set(), errors: [] };
	for (const path of answer.contradictions)
		addError(counts, path, 'The service contradicts itself about this object: read it again.');
	for (const task of answer.tasks) {
		const record = task.record === null ? undefined : opened[task.record];
		const byName = new Map(record?.fields.map((field) => [field.name, field]));
		for (const field of task.fields) finishField(task, field, byName.get(field.field), counts);
	}
	const inactiveAuthors = answer.records.flatMap(({ path }, at) => (opened[at]?.isAuthorInactive ? [path] : []));
	return {
		data: answer.data,
		errors: (frame.errors ?? []).map(withoutAddedKeys),
		added: counts.errors,
		extensions: finishExtensions(answer, frame.extensions, counts, inactiveAuthors),
	};
}

interface Counts {
	/** How many values of a coordinate did not open. */
	readonly unopened: Map<string, number>;
	readonly unverified: Set<string>;
	readonly errors: AnswerError[];
}

function addError({ errors }: Counts, path: readonly (string | number)[], message: string): void {
	if (errors.length < MAX_ERRORS) errors.push({ message, path, extensions: { code: 'CIPHERTEXT_INVALID' } });
}

function finishField(
	{ target, type, path }: ObjectTask,
	{ field, keys, outcome }: FieldTask,
	opened: OpenedValue | undefined,
	counts: Counts,
): void {
	const coordinate = `${type}.${field}`;
	if (outcome.kind === 'UNVERIFIED') {
		counts.unverified.add(coordinate);
		return;
	}
	if (outcome.kind === 'OPEN' && opened && 'value' in opened) {
		for (const key of keys) target[key] = opened.value;
		return;
	}
	counts.unopened.set(coordinate, (counts.unopened.get(coordinate) ?? 0) + 1);
	const why =
		outcome.kind === 'REFUSE'
			? outcome.why
			: opened && 'why' in opened
				? opened.why
				: `The service sent no sealed value of ${coordinate}: read the object again.`;
	for (const key of keys) addError(counts, [...path, key], why);
}

function finishExtensions(
	{ tasks }: CollectedAnswer,
	given: unknown,
	{ unopened, unverified }: Counts,
	inactiveAuthors: readonly unknown[],
): Readonly<Record<string, unknown>> | undefined {
	const { sealed, unverified: _, inactiveAuthors: __, ...rest } = isRecord(given) ? given : {};
	const handled = new Set(tasks.flatMap(({ type, fields }) => fields.map(({ field }) => `${type}.${field}`)));
	const left = Array.isArray(sealed)
		? sealed.flatMap((item: unknown) => {
				const coordinate = isRecord(item) ? ownValue(item, 'coordinate') : undefined;
				if (!isRecord(item) || ownValue(item, 'reason') !== OWN_CUSTODY) return [item];
				if (typeof coordinate !== 'string' || !handled.has(coordinate)) return [item];
				const count = unopened.get(coordinate);
				return count === undefined ? [] : [{ ...item, count }];
			})
		: [];
	const extensions = {
		...rest,
		...(left.length > 0 && { sealed: left }),
		...(unverified.size > 0 && { unverified: [...unverified].sort() }),
		...(inactiveAuthors.length > 0 && { inactiveAuthors }),
	};
	return Object.keys(extensions).length > 0 ? extensions : undefined;
}

/** An error at a key that this library added is one of the object. */
function withoutAddedKeys(error: unknown): unknown {
	const path = isRecord(error) ? ownValue(error, 'path') : undefined;
	if (!isRecord(error) || !Array.isArray(path)) return error;
	const at = path.findIndex((key) => typeof key === 'string' && key.startsWith(PREFIX));
	return at < 0 ? error : { ...error, path: path.slice(0, at) };
}
