import type { ErrorLike, OperationVariables, TypedDocumentNode } from '@apollo/client';
import { skipToken, useQuery } from '@apollo/client/react';
import { useCallback, useMemo, useState } from 'react';
import type { SealedField } from './content-link.ts';

interface ContentQueryOptions<Variables extends OperationVariables> {
	readonly variables: Variables;
	/** The lease under which an operator reads; none unless given. */
	readonly lease?: string | undefined;
	/** Whether there is nothing to ask for yet. */
	readonly isIdle?: boolean;
}

/** A query's state, and what the API withheld from its last answer. */
interface ContentQuery<Data> {
	readonly data: Data | undefined;
	readonly error: ErrorLike | undefined;
	readonly loading: boolean;
	readonly sealed: readonly SealedField[];
	readonly refetch: () => Promise<unknown>;
	/** Reads another page; `merge` joins it to what is shown. */
	readonly more: (variables: Partial<OperationVariables>, merge: (shown: Data, page: Data) => Data) => Promise<unknown>;
}

/**
 * A query with fields that the API may withhold. In the console nothing is kept: an answer lives as long as the component that shows it.
 */
export function useContentQuery<Data, Variables extends OperationVariables>(
	document: TypedDocumentNode<Data, Variables>,
	{ variables, lease, isIdle = false }: ContentQueryOptions<Variables>,
): ContentQuery<Data> {
	const [sealed, setSealed] = useState<readonly SealedField[]>([]);
	const context = useMemo(
		() => ({ onSealed: setSealed, ...(lease && { headers: { 'x-firmseal-lease': lease } }) }),
		[lease],
	);
	const result = useQuery(
		document as TypedDocumentNode<Data>,
		isIdle
			? skipToken
			: {
					variables,
					context,
					errorPolicy: 'all',
				},
	);
	const { refetch: readAgain } = result;
	const refetch = useCallback(() => readAgain(), [readAgain]);
	return {
		// An answer that is refused as a whole has null.
		data: result.data ?? undefined,
		error: result.error,
		loading: result.loading,
		sealed,
		refetch,
		more: (page, merge) =>
			result.fetchMore({
				variables: page,
				updateQuery: (shown, { fetchMoreResult }) => merge(shown, fetchMoreResult),
			}),
	};
}
