import type { GraphQLSchema } from 'graphql';
import { FirmsealError, SetupError } from '../../errors.ts';
import { type CallApiPartially, endlessListError, type PartialAnswer, TransientError } from '../call/index.ts';
import type { ApiRetry } from './api-retry.ts';
import type { PageQuery } from './export-queries.ts';
import { assertOnlyValues, type ExportFailure, failuresOf, isTruncated, lacksKey } from './failures.ts';
import { assertOwner } from './owner.ts';
import { type ParsedConnection, parseConnection, type RecordOrder } from './records.ts';

export interface RecordPage extends ParsedConnection {
	readonly failures: readonly ExportFailure[];
}

/** What is read of: a list, or what belongs to one record. */
export interface PageRequest {
	readonly query: PageQuery;
	/** null: from the beginning. */
	readonly after: string | null;
	readonly last: RecordOrder | null;
	/** Of the record; a list has none. */
	readonly id?: string;
}

/** One page; null: what it belongs to isn't there any more. */
export type FetchPage = (reading: PageRequest) => Promise<RecordPage | null>;

export interface PagesOptions {
	readonly ask: CallApiPartially;
	readonly schema: GraphQLSchema;
	readonly retry: ApiRetry;
	readonly firmId: string;
}

/**
 * Asks for pages that are as large as the API lets them be: what is too much for one answer, and what has more values that don't open than
 * one answer tells, is asked for in smaller ones.
 */
export function createPageFetcher({ ask, schema, retry, firmId }: PagesOptions): FetchPage {
	/** By how much pages are smaller than they would be, as a power of two. */
	let smaller = 0;
	/** Whether a key was waited for in vain. */
	let isKeyLost = false;
	/** What was answered: records of members tell no order, in which others can't come again. */
	const answered = new Set<string>();

	async function once({ query, after, id }: PageRequest): Promise<PartialAnswer> {
		const sizes = sizesOf(query, smaller);
		const answer = await ask(query.text, { ...sizes, after, ...(id !== undefined && { id }) });
		if (lacksKey(answer) && !isKeyLost) throw new KeyUnavailableAnswer(answer);
		return answer;
	}

	/** A key that stays away keeps nobody from the rest. */
	async function patiently(reading: PageRequest): Promise<PartialAnswer> {
		let lacking: PartialAnswer | null = null;
		try {
			return await retry.run(() =>
				once(reading).catch((error: unknown) => {
					if (!(error instanceof KeyUnavailableAnswer)) throw error;
					lacking = error.answer;
					throw new TransientError(KEY_AWAY, null);
				}),
			);
		} catch (error) {
			if (error !== KEY_AWAY || lacking === null) throw error;
			isKeyLost = true;
			return lacking;
		}
	}

	return async (reading) => {
		const { query, last } = reading;
		for (;;) {
			const answer = await patiently(reading).catch((error: unknown) => {
				if (isTooMuch(error) && canBeSmaller(query, smaller)) return null;
				throw explained(error);
			});
			if (answer === null || (isTruncated(answer) && canBeSmaller(query, smaller))) {
				smaller++;
				continue;
			}
			assertOwner(answer, firmId);
			assertOnlyValues(schema, answer);
			const connection = at(answer.data, query.path);
			if (connection === null && reading.id !== undefined) return null;
			const taken = parseConnection(schema, query.type, connection, last);
			const asked = [...query.path, reading.id, reading.after].join(' ');
			if (answered.has(asked)) throw endlessListError();
			answered.add(asked);
			const failures = failuresOf(schema, answer, taken.records);
			smaller = Math.max(0, smaller - 1);
			return { ...taken, failures };
		}
	};
}

/** What is at the end of a way into an answer; null: something on the way isn't there. */
export const at = (data: unknown, path: readonly string[]): unknown =>
	path.reduce<unknown>((value, step) => (value as Readonly<Record<string, unknown>> | null)?.[step] ?? null, data);

/** An answer without the values of a key. */
class KeyUnavailableAnswer extends Error {
	readonly answer: PartialAnswer;

	constructor(answer: PartialAnswer) {
		super('A key is away.');
		this.answer = answer;
	}
}

const KEY_AWAY = new FirmsealError('KEY_UNAVAILABLE', 'The key of the firm can’t be reached now: try again later.');

const sizesOf = ({ sizes }: PageQuery, smaller: number): Readonly<Record<string, number>> =>
	Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, Math.max(1, Math.floor(size / 2 ** smaller))]));

const canBeSmaller = (question: PageQuery, smaller: number): boolean =>
	Object.values(sizesOf(question, smaller)).some((size) => size > 1);

const isTooMuch = (error: unknown): boolean => error instanceof FirmsealError && error.code === 'TOO_EXPENSIVE';

/** What a server of another version says of a question. */
const explained = (error: unknown): unknown =>
	error instanceof FirmsealError && error.code === 'GRAPHQL_VALIDATION_FAILED'
		? new SetupError('The API has another schema than this version of the program: use the version that it is of.')
		: error;
