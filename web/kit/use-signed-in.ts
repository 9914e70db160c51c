import type { TypedDocumentNode } from '@apollo/client';
import { useApolloClient, useQuery } from '@apollo/client/react';
import { useEffect } from 'react';
import { failureOf } from './api/index.ts';
import { useLive } from './events/use-live.ts';

/** A member whose rights may have changed, and the end of a stream whose reader has lost them. */
const KINDS = ['MEMBER', 'end'] as const;
const NO_RIGHTS = ['UNAUTHENTICATED', 'FORBIDDEN'];

/**
 * The signed-in person, with their present rights. When the API no longer knows them, what they have read leaves the screen and the memory.
 * When it only fails to answer, the app stays, with what was typed into it.
 */
export function useSignedIn<Viewer>(
	document: TypedDocumentNode<{ readonly viewer: Viewer | null }, Readonly<Record<string, never>>>,
) {
	const client = useApolloClient();
	const { data, previousData, error, loading, refetch } = useQuery(document);
	useLive(KINDS, refetch);
	const hasNoRights = error !== undefined && NO_RIGHTS.includes(failureOf(error).code);
	const read = (data ?? previousData)?.viewer ?? undefined;
	const viewer = (hasNoRights ? undefined : read) as Viewer | undefined;
	const isGone = hasNoRights && read !== undefined;
	useEffect(() => {
		if (isGone) void client.clearStore().catch(() => undefined);
	}, [client, isGone]);
	return { viewer, error, loading: loading && !isGone, refetch };
}
