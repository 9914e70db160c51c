import { FirmsealError } from '../../errors.ts';
import { type CallApi, invalidApiAnswer } from '../call/index.ts';
import type { ApiLease } from './api-lease.ts';
import type { ReadOperation, UseOptions } from './use.ts';

/** By which registered operation all of a record is read. */
export const ONE: Readonly<Record<string, string>> = {
	Document: 'document-details',
	Message: 'message-content',
	Note: 'note-content',
	Invoice: 'invoice-with-items',
	TimeEntry: 'time-entry-content',
	Comment: 'comment-content',
};

/** Those that read a list of the firm's, by the word on the command line. Of threads nothing is content. */
export const LISTS: Readonly<Record<string, { readonly operation: string; readonly type: string }>> = {
	documents: { operation: 'document-descriptions', type: 'Document' },
	notes: { operation: 'note-titles', type: 'Note' },
	invoices: { operation: 'invoice-memos', type: 'Invoice' },
	'time-entries': { operation: 'time-entry-descriptions', type: 'TimeEntry' },
	threads: { operation: 'threads', type: 'Thread' },
	messages: { operation: 'thread-messages', type: 'Message' },
	comments: { operation: '', type: 'Comment' },
};

/** Those that read the comments on a record. */
export const COMMENTS: Readonly<Record<string, string>> = {
	Document: 'document-comment-texts',
	Message: 'message-comment-texts',
	Note: 'note-comment-texts',
	Invoice: 'invoice-comment-texts',
};

/** What `--type` takes. */
export const LIST_TYPES = Object.keys(LISTS);

/** The reading of one record. @throws FirmsealError NOT_FOUND, BAD_USER_INPUT for a type that isn't read by itself */
export async function readOneOperation(ask: CallApi, lease: ApiLease, id: string): Promise<ReadOperation> {
	const type = await typeOf(ask, lease, id);
	const operation = ONE[type];
	if (!operation) {
		const instead = type === 'Thread' ? `--type messages --thread ${id}` : 'the record that it belongs to';
		throw new FirmsealError('BAD_USER_INPUT', `A ${type} is not read by itself: name ${instead}.`);
	}
	return { operation, variables: { id }, type };
}

/** The reading of one page of a list. */
export async function readListOperation(ask: CallApi, lease: ApiLease, options: UseOptions): Promise<ReadOperation> {
	const { type: listed = '', thread, on, first = 50, after = null } = options;
	const { operation, type } = LISTS[listed] ?? { operation: '', type: '' };
	if (listed === 'comments') {
		const of = await typeOf(ask, lease, on ?? '');
		const comments = COMMENTS[of];
		if (!comments) throw new FirmsealError('BAD_USER_INPUT', `A ${of} has no comments.`);
		return { operation: comments, variables: { id: on, first, after }, type, within: 'comments' };
	}
	const variables = { firmId: lease.firmId, first, after };
	return { operation, variables: thread === undefined ? variables : { ...variables, threadId: thread }, type };
}

/** @throws FirmsealError NOT_FOUND for what is no record of the lease's firm */
async function typeOf(ask: CallApi, { firmId }: ApiLease, id: string): Promise<string> {
	const { node } = (await ask('node', { id })) as { readonly node: { __typename: string; firmId?: string } | null };
	if (node?.firmId !== firmId)
		throw new FirmsealError('NOT_FOUND', `There is no record ${id} of the firm that the lease is for.`);
	if (typeof node.__typename !== 'string') throw invalidApiAnswer();
	return node.__typename;
}
