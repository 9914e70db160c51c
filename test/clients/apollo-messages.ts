import type { ApolloClient, Reference } from '@apollo/client';
import { CreateMessageDocument, type CreateMessageInput } from './operations.generated.ts';

type StoredPages = { readonly edges: readonly { readonly node: Reference }[] };

/** Writes a message, and adds it to the end of its thread's messages in the cache. */
export async function writeMessage(client: ApolloClient, input: CreateMessageInput) {
	const { data } = await client.mutate({
		mutation: CreateMessageDocument,
		variables: { input },
		update(cache, { data }) {
			const message = data?.createMessage?.message;
			const node = message && cache.identify({ __typename: 'Message', id: message.id });
			if (!node) return;
			cache.modify<{ messages: StoredPages }>({
				id: cache.identify({ __typename: 'Thread', id: input.threadId }) ?? '',
				fields: {
					messages(pages) {
						const stored = pages as StoredPages;
						if (stored.edges.some((edge) => edge.node.__ref === node)) return stored;
						return { ...stored, edges: [...stored.edges, { __typename: 'MessageEdge', node: { __ref: node } }] };
					},
				},
			});
		},
	});
	return data;
}
