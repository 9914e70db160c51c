import type { ApolloClient } from '@apollo/client';
import { DocumentDocument, InvoiceDocument, MessagesDocument } from '../../kit/api/operator.generated.ts';
import { MOST_RECORDS, type PickedRecord } from './lease-draft.ts';

/**
 * The records that have the content of what was picked: a document's versions, an invoice's lines and a thread's messages are records of their
 * own, and a lease covers only what it names.
 * @throws Error if one of them can't be read
 */
export async function expandRecords(
	client: ApolloClient,
	firmId: string,
	picked: readonly PickedRecord[],
): Promise<readonly PickedRecord[]> {
	const expanded: PickedRecord[] = [];
	// One after the other: a long selection must not use up the person's requests at once.
	for (const record of picked) expanded.push(...(await expand(client, firmId, record)));
	return [...new Map(expanded.map((record) => [record.id, record])).values()];
}

async function expand(client: ApolloClient, firmId: string, record: PickedRecord): Promise<readonly PickedRecord[]> {
	const { type, id, name } = record;
	if (type === 'Document') {
		const { data } = await client.query({ query: DocumentDocument, variables: { id } });
		const versions = data?.document?.versions ?? [];
		return [
			record,
			...versions.map((each) => ({
				type: 'DocumentVersion' as const,
				id: each.id,
				name: `${name}, version ${each.number}`,
			})),
		];
	}
	if (type === 'Invoice') {
		const { data } = await client.query({ query: InvoiceDocument, variables: { id } });
		const lines = data?.invoice?.lineItems ?? [];
		return [
			record,
			...lines.map((each) => ({
				type: 'InvoiceLineItem' as const,
				id: each.id,
				name: `${name}, line ${each.position}`,
			})),
		];
	}
	return type === 'Thread' ? messagesOf(client, firmId, record) : [record];
}

async function messagesOf(
	client: ApolloClient,
	firmId: string,
	{ id, name }: PickedRecord,
): Promise<readonly PickedRecord[]> {
	const { data } = await client.query({
		query: MessagesDocument,
		variables: { firmId, threadId: id, first: MOST_RECORDS, orderBy: 'CREATED_AT_DESC' },
	});
	return (data?.messages.nodes ?? []).map((message, index) => ({
		type: 'Message' as const,
		id: message.id,
		name: `${name}, ${message.author?.name ?? 'someone'}’s message ${index + 1}`,
	}));
}
