import type { ErrorLike } from '@apollo/client';
import { useState } from 'react';
import { ThreadMessagesDocument, type ThreadMessagesQuery } from '../../../kit/api/workspace.generated.ts';
import { type SealedField, useContentQuery } from '../../../kit/content/index.ts';
import { useLatest } from '../../../kit/use-latest.ts';

type Page = ThreadMessagesQuery['messages'];
export type MessageRow = Page['nodes'][number];

interface Messages {
	/** In the order in which they were written; undefined until the first answer. */
	readonly nodes: readonly MessageRow[] | undefined;
	readonly totalCount: number;
	readonly sealed: readonly SealedField[];
	readonly error: ErrorLike | undefined;
	readonly isLoading: boolean;
	readonly hasOlder: boolean;
	readonly older: () => Promise<void>;
	readonly refresh: () => Promise<void>;
}

/** Messages read at first, and more with each "older". */
const PAGE_SIZE = 30;
/** New messages that a refresh finds without losing sight of the old ones. */
const NEW_MESSAGES = 20;
/** Rows of a page, as the API limits them. */
const MOST_ROWS = 1000;

/** The last messages of a thread, older ones on demand, and new ones when `refresh` is called. */
export function useMessages(threadId: string, withComments: boolean): Messages {
	const query = useContentQuery(ThreadMessagesDocument, {
		variables: { threadId, last: PAGE_SIZE, comments: withComments, count: true },
	});
	const [failure, setFailure] = useState<ErrorLike | undefined>();
	const page = query.data?.messages;
	async function read(variables: { last: number; before: string | null }, join: (shown: Page, read: Page) => Page) {
		setFailure(undefined);
		try {
			await query.more(variables, (shown, { messages }) => ({ ...shown, messages: join(shown.messages, messages) }));
		} catch (error) {
			setFailure(error as ErrorLike);
		}
	}
	const older = useLatest(() => read({ last: PAGE_SIZE, before: page?.pageInfo.startCursor ?? null }, prepend));
	const refresh = useLatest(async () => {
		if (!page) await query.refetch().catch(setFailure);
		else await read({ last: Math.min(MOST_ROWS, page.nodes.length + NEW_MESSAGES), before: null }, keepStart);
	});
	return {
		nodes: page?.nodes,
		totalCount: page?.totalCount ?? 0,
		sealed: query.sealed,
		error: failure ?? query.error,
		isLoading: query.loading,
		hasOlder: page?.pageInfo.hasPreviousPage ?? false,
		older,
		refresh,
	};
}

const prepend = (shown: Page, read: Page): Page => ({
	...read,
	nodes: [...read.nodes, ...shown.nodes],
	pageInfo: {
		...shown.pageInfo,
		hasPreviousPage: read.pageInfo.hasPreviousPage,
		startCursor: read.pageInfo.startCursor ?? shown.pageInfo.startCursor,
	},
});

/** A refresh shows no older messages than before, so that nothing moves under the reader's eyes. */
function keepStart(shown: Page, read: Page): Page {
	const start = read.nodes.findIndex(({ id }) => id === shown.nodes[0]?.id);
	if (start <= 0) return read;
	const { hasPreviousPage, startCursor } = shown.pageInfo;
	return { ...read, nodes: read.nodes.slice(start), pageInfo: { ...read.pageInfo, hasPreviousPage, startCursor } };
}
