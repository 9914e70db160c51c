import type { ErrorLike, OperationVariables, TypedDocumentNode } from '@apollo/client';
import { useState } from 'react';
import type { PageFragment } from '../api/workspace.generated.ts';
import { useLatest } from '../use-latest.ts';
import type { SealedField } from './content-link.ts';
import { useContentQuery } from './use-content-query.ts';

/** A page of a list, as every connection of the API answers it. */
export interface ListPage<Node> {
	readonly nodes: readonly Node[];
	readonly pageInfo: PageFragment;
	readonly totalCount?: number;
}

interface ContentListOptions<Data, Node, Variables extends OperationVariables> {
	/** Without `first` and `after`. */
	readonly variables: Omit<Variables, 'first' | 'after'>;
	/** Rows read at first, and more with each "Show more"; 25 unless given. */
	readonly pageSize?: number;
	readonly isIdle?: boolean;
	/** Finds the list in an answer; null if the object it belongs to is not there. */
	readonly listOf: (data: Data) => ListPage<Node> | null | undefined;
	/** The same answer with another list. */
	readonly withList: (data: Data, list: NoInfer<ListPage<Node>>) => Data;
}

interface ContentList<Data, Node> {
	/** Undefined until the first answer. */
	readonly nodes: readonly Node[] | undefined;
	readonly totalCount: number | undefined;
	readonly data: Data | undefined;
	readonly sealed: readonly SealedField[];
	readonly error: ErrorLike | undefined;
	readonly isLoading: boolean;
	readonly hasMore: boolean;
	/** Reads the next page. A failure becomes `error`. */
	readonly more: () => Promise<void>;
	/** Reads again as many rows as are shown, so that nothing jumps. */
	readonly refresh: () => Promise<void>;
}

/** Rows of a page, as the API limits them. */
const MOST_ROWS = 1000;

/** A list that is read page by page, in the order of its query, and read again when something of it has changed. */
export function useContentList<Data, Node extends { readonly id: string }, Variables extends OperationVariables>(
	document: TypedDocumentNode<Data, Variables>,
	options: ContentListOptions<Data, Node, Variables>,
): ContentList<Data, Node> {
	const { variables, pageSize = 25, isIdle = false, listOf, withList } = options;
	const query = useContentQuery<Data, Variables>(document, {
		variables: { ...variables, first: pageSize } as unknown as Variables,
		isIdle,
	});
	const [failure, setFailure] = useState<unknown>(undefined);
	const list = query.data === undefined ? undefined : listOf(query.data);

	async function read(
		after: string | null,
		first: number,
		join: (old: ListPage<Node>, page: ListPage<Node>) => ListPage<Node>,
	) {
		setFailure(undefined);
		try {
			await query.more({ first, after }, (shown, page) => {
				const old = listOf(shown);
				const next = listOf(page);
				return old && next ? withList(shown, join(old, next)) : page;
			});
		} catch (error) {
			setFailure(error);
		}
	}
	const more = () => read(list?.pageInfo.endCursor ?? null, pageSize, append);
	const refresh = async () => {
		if (list) await read(null, Math.min(MOST_ROWS, Math.max(pageSize, list.nodes.length)), (_, page) => page);
		else await query.refetch().catch(setFailure);
	};
	return {
		nodes: list?.nodes,
		totalCount: list?.totalCount,
		data: query.data,
		sealed: query.sealed,
		error: (failure as ErrorLike | undefined) ?? query.error,
		isLoading: query.loading,
		hasMore: list?.pageInfo.hasNextPage ?? false,
		more: useLatest(more),
		refresh: useLatest(refresh),
	};
}

/** Rows that both pages have were moved by a change between the two requests: the newer answer counts. */
function append<Node extends { readonly id: string }>(old: ListPage<Node>, page: ListPage<Node>): ListPage<Node> {
	const ids = new Set(page.nodes.map(({ id }) => id));
	return { ...page, nodes: [...old.nodes.filter(({ id }) => !ids.has(id)), ...page.nodes] };
}
