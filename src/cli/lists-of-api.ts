import { FirmsealError } from '../errors.ts';
import type { AskApi } from './ask-api.ts';

interface Page<Node> {
	readonly nodes: readonly Node[];
	readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** A slug is looked up among the firms that the person sees. @throws FirmsealError NOT_FOUND */
export async function firmIdOf(ask: AskApi, slugOrId: string): Promise<string> {
	if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(slugOrId)) return slugOrId;
	for await (const page of pages<{ id: string; slug: string }>(ask, 'firms', 'firms', {}))
		for (const { id, slug } of page) if (slug === slugOrId) return id;
	throw new FirmsealError('NOT_FOUND', 'There is no such firm, or not for this person.');
}

/** All rows of a list, a page at a time. */
export async function* pages<Node>(
	ask: AskApi,
	operation: string,
	field: string,
	variables: Readonly<Record<string, unknown>>,
): AsyncGenerator<readonly Node[]> {
	let after: string | null = null;
	do {
		const data = await ask(operation, { ...variables, first: 500, after });
		const { nodes, pageInfo } = data[field] as Page<Node>;
		yield nodes;
		after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
	} while (after !== null);
}
