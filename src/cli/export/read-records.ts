import type { GraphQLSchema } from 'graphql';
import { FirmsealError, SetupError } from '../../errors.ts';
import { type CallApiPartially, endlessListError, invalidApiAnswer, type PartialAnswer } from '../call/index.ts';
import { currentIo } from '../io.ts';
import { type Progress, showProgress } from '../print/index.ts';
import { assertOnlyValues, type ExportFailure, failuresOf, isTruncated, lacksKey } from './failures.ts';
import { LISTS, type List } from './lists.ts';
import { assertOwner } from './owner.ts';
import { countQuery, createExportQueries, type PageQuery } from './queries.ts';
import { type FoundRecord, type ParsedConnection, parseConnection } from './records.ts';

export interface RecordPage {
	readonly records: readonly FoundRecord[];
	readonly failures: readonly ExportFailure[];
}

export interface RecordSource {
	readonly ask: CallApiPartially;
	readonly schema: GraphQLSchema;
	readonly firmId: string;
	readonly signal: AbortSignal;
}

/** Milliseconds between attempts to get values whose key is unavailable. */
const KEY_PAUSES = [500, 1_000, 2_000, 4_000, 8_000];

/**
 * Reads all records of the firm, and hands each page to `take`. With `toCount` it reads only the fields that counting needs and no content,
 * and shows no progress.
 * @throws FirmsealError FORBIDDEN when the person is no longer an owner of the firm; INTERNAL for a list that never ends or is out of order;
 * errors of the API; SetupError for an invalid answer
 */
export async function readRecords(
	source: RecordSource,
	toCount: boolean,
	take: (page: RecordPage) => Promise<void>,
): Promise<void> {
	const queries = createExportQueries(source.schema, toCount);
	const fetchPage = createPageFetcher(source);
	async function readAll(query: PageQuery, begin: PageRequest, onRows: (rows: number) => void): Promise<void> {
		for (let request = begin; ; ) {
			const page = await fetchPage(query, request);
			if (page === null) return;
			await take(page);
			onRows(page.records.filter(({ type }) => type === query.type).length);
			for (const { type, field, ...rest } of page.pending) await readAll(queries.ofRecord(type, field), rest, () => {});
			if (page.after === null) return;
			request = { ...begin, after: page.after, last: page.last };
		}
	}
	for (const list of LISTS) {
		const progress = toCount ? null : await showList(source, list);
		try {
			await readAll(queries.ofList(list), { after: null, last: null }, (rows) => {
				for (let row = 0; row < rows; row++) progress?.step();
			});
		} finally {
			progress?.end();
		}
	}
}

async function showList({ ask }: RecordSource, list: List): Promise<Progress> {
	const total = at((await ask(countQuery(list), {})).data, [...list.path, 'totalCount']);
	if (!Number.isSafeInteger(total)) throw invalidApiAnswer();
	return showProgress(list.title, total as number);
}

/** Where a page begins. */
interface PageRequest extends Pick<ParsedConnection, 'after' | 'last'> {
	/** The record that the connection belongs to; not set for a list. */
	readonly id?: string;
}

/** Resolves with null if the record that the connection belongs to is gone. */
type FetchPage = (query: PageQuery, request: PageRequest) => Promise<(RecordPage & ParsedConnection) | null>;

/** Asks for smaller pages if a page is too large for one answer, or if more of its values don't open than one answer names. */
function createPageFetcher({ ask, schema, firmId, signal }: RecordSource): FetchPage {
	/** By how much pages are smaller than usual, as a power of two. */
	let smaller = 0;
	let isKeyLost = false;
	/** The pages that were read, to detect a repeated page: the order of members alone does not show one. */
	const answered = new Set<string>();

	async function askOnce(query: PageQuery, { after, id }: PageRequest): Promise<PartialAnswer> {
		if (signal.aborted) throw new SetupError('Interrupted.');
		return ask(query.text, { ...sizesOf(query, smaller), after, ...(id !== undefined && { id }) });
	}

	/** Waits for an unavailable key only once. Later pages are exported without the values under it. */
	async function askPatiently(query: PageQuery, request: PageRequest): Promise<PartialAnswer> {
		let answer = await askOnce(query, request);
		for (const pause of isKeyLost ? [] : KEY_PAUSES) {
			if (!lacksKey(answer)) return answer;
			await currentIo().clock.sleep(pause, signal);
			answer = await askOnce(query, request);
		}
		isKeyLost ||= lacksKey(answer);
		return answer;
	}

	return async (query, request) => {
		for (;;) {
			const answer = await askPatiently(query, request).catch((error: unknown) => {
				if (isTooExpensive(error) && canBeSmaller(query, smaller)) return null;
				throw error;
			});
			if (answer === null || (isTruncated(answer) && canBeSmaller(query, smaller))) {
				smaller += 1;
				continue;
			}
			assertOwner(answer, firmId);
			assertOnlyValues(schema, answer);
			const connection = at(answer.data, query.path);
			if (connection === null && request.id !== undefined) return null;
			const page = parseConnection(schema, query.type, connection, request.last);
			const key = [...query.path, request.id, request.after].join(' ');
			if (answered.has(key)) throw endlessListError();
			answered.add(key);
			smaller = Math.max(0, smaller - 1);
			return { ...page, failures: failuresOf(schema, answer, page.records) };
		}
	};
}

const isTooExpensive = (error: unknown) => error instanceof FirmsealError && error.code === 'TOO_EXPENSIVE';

const sizesOf = ({ sizes }: PageQuery, smaller: number): Readonly<Record<string, number>> =>
	Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, Math.max(1, Math.floor(size / 2 ** smaller))]));

const canBeSmaller = (query: PageQuery, smaller: number): boolean =>
	Object.values(sizesOf(query, smaller)).some((size) => size > 1);

/** The value at a path of an answer; null if a step of the path is missing. */
const at = (data: unknown, path: readonly string[]): unknown =>
	path.reduce<unknown>((value, step) => (value as Readonly<Record<string, unknown>> | null)?.[step] ?? null, data);
