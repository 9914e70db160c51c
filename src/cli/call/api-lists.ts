import { FirmsealError } from '../../errors.ts';
import { isId } from '../parse/index.ts';
import { type CallApi, isListOf, isObject } from './call-api.ts';
import { invalidApiAnswer } from './send-request.ts';

interface Page<Node> {
	readonly nodes: readonly Node[];
	readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** Looks up a slug among the firms that the person sees. @throws FirmsealError NOT_FOUND */
export async function firmIdOf(ask: CallApi, slugOrId: string): Promise<string> {
	if (isId(slugOrId)) return slugOrId;
	for await (const page of pages<{ id: string; slug: string }>(ask, 'firms', 'firms', {}))
		for (const { id, slug } of page) if (slug === slugOrId) return id;
	throw new FirmsealError('NOT_FOUND', 'No firm has this slug, or this person may not see it.');
}

/** All rows of a list, page by page. @throws as followPages() does */
export const pages = <Node>(
	ask: CallApi,
	operation: string,
	field: string,
	variables: Readonly<Record<string, unknown>>,
): AsyncGenerator<readonly Node[]> =>
	followPages(async (after) => (await ask(operation, { ...variables, first: 500, after }))[field] as Page<Node>);

/**
 * All rows of anything that has pages. `pageAfter` returns the page after a cursor, for null the first page.
 * @throws SetupError for an answer that is not a page; FirmsealError INTERNAL for a list that does not end
 */
export async function* followPages<Node>(
	pageAfter: (after: string | null) => Promise<Page<Node>>,
): AsyncGenerator<readonly Node[]> {
	const cursors = new Set<string | null>([null]);
	for (let after: string | null = null; cursors.size <= MAX_PAGES; ) {
		const { nodes, pageInfo }: Partial<Page<Node>> = (await pageAfter(after)) ?? {};
		if (!isListOf(nodes, isObject) || typeof pageInfo?.hasNextPage !== 'boolean') throw invalidApiAnswer();
		yield nodes;
		if (!pageInfo.hasNextPage) return;
		after = pageInfo.endCursor;
		// A broken or hostile server must not keep a command in a loop.
		if (nodes.length === 0 || cursors.has(after)) throw endlessListError();
		cursors.add(after);
	}
	throw endlessListError();
}

/** A million rows, at 500 a page. */
const MAX_PAGES = 2_000;

export const endlessListError = () =>
	new FirmsealError(
		'INTERNAL',
		'The API returns a list without an end, or the same page again: report this to the operator of the API.',
	);
