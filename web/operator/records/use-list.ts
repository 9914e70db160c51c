import type { OperationVariables, TypedDocumentNode } from '@apollo/client';
import { useCallback, useRef, useState } from 'react';
import { type ListPage, useContentQuery } from '../../kit/content/index.ts';
import type { FirmsealEvent } from '../../kit/events/event-feed.ts';
import { useEvents } from '../../kit/kit-context.ts';

/** Where an answer has its list. */
export interface ListIn<Data, Row> {
	readonly get: (data: Data) => ListPage<Row> | null | undefined;
	/** The answer with another page in its place. */
	readonly put: (data: Data, page: ListPage<Row>) => Data;
}

export interface List<Row> {
	/** Undefined until the first answer. */
	readonly rows: readonly Row[] | undefined;
	readonly total: number | undefined;
	readonly error: unknown;
	readonly isLoading: boolean;
	readonly hasMore: boolean;
	readonly more: () => void;
	readonly reload: () => void;
	/** Whether something has changed that a reload would show. A list of several pages is not read again automatically. */
	readonly isStale: boolean;
}

export const PAGE_SIZE = 50;
const KINDS = ['RECORD'];

/** A list of metadata, read page by page. `live`: the firm and the type whose changes concern it. */
export function useList<Data, Variables extends OperationVariables, Row>(
	document: TypedDocumentNode<Data, Variables>,
	variables: NoInfer<Variables>,
	at: ListIn<Data, Row>,
	live: { readonly firmId: string; readonly type: string } | null = null,
): List<Row> {
	const { data, error, loading, refetch, more } = useContentQuery(document, { variables });
	const page = data === undefined ? undefined : at.get(data);
	const [isStale, setStale] = useState(false);
	const isLong = useRef(false);
	isLong.current = (page?.nodes.length ?? 0) > PAGE_SIZE;
	const reload = useCallback(() => {
		setStale(false);
		void refetch().catch(() => undefined);
	}, [refetch]);
	const firmId = live?.firmId;
	const type = live?.type;
	const onEvent = useCallback(
		(event: FirmsealEvent) => {
			const isOurs = event.kind === 'resync' || (event.firmId === firmId && event.type === type);
			if (!isOurs) return;
			if (isLong.current) setStale(true);
			else reload();
		},
		[firmId, type, reload],
	);
	useEvents(KINDS, onEvent);
	return {
		rows: page?.nodes,
		total: page?.totalCount,
		error: error ?? null,
		isLoading: loading,
		hasMore: page?.pageInfo.hasNextPage ?? false,
		more: () =>
			void more({ after: page?.pageInfo.endCursor, count: false }, (shown, next) => {
				const [now, then] = [at.get(shown), at.get(next)];
				if (!now || !then) return shown;
				return at.put(shown, { ...now, pageInfo: then.pageInfo, nodes: [...now.nodes, ...then.nodes] });
			}).catch(() => undefined),
		reload,
		isStale,
	};
}
