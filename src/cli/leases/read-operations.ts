import { FirmsealError } from '../../errors.ts';
import { type CallApi, invalidApiAnswer } from '../call/index.ts';
import type { ApiLease } from './api-lease.ts';
import type { ReadOperation, UseOptions } from './use.ts';

/** The registered operation that reads a whole record, by the record's type. */
export const ONE: Readonly<Record<string, string>> = {
	Document: 'document-details',
	Message: 'message-content',
	Note: 'note-content',
	Invoice: 'invoice-with-items',
	TimeEntry: 'time-entry-content',
	Comment: 'comment-content',
};

/** The registered operations that read a list of the firm's, by the value of `--type`. Threads have no content. */
export const LISTS: Readonly<Record<string, { readonly operation: string; readonly type: string }>> = {
	documents: { operation: 'document-descriptions', type: 'Document' },
	notes: { operation: 'note-titles', type: 'Note' },
	invoices: { operation: 'invoice-memos', type: 'Invoice' },
	'time-entries': { operation: 'time-entry-descriptions', type: 'TimeEntry' },
	threads: { operation: 'threads', type: 'Thread' },
	messages: { operation: 'thread-messages', type: 'Message' },
	comments: { operation: '', type: 'Comment' },
};

/** The registered operation that reads the comments on a record, and the types of records that have them. */
export const COMMENTS = 'record-comment-texts';
export const COMMENTED: readonly string[] = ['Document', 'Invoice', 'Message', 'Note'];

/** The values of `--type`. */
export const LIST_TYPES = Object.keys(LISTS);

/** The operation that reads one record. @throws FirmsealError NOT_FOUND, BAD_USER_INPUT for a type that can't be read alone */
export async function readOneOperation(ask: CallApi, lease: ApiLease, id: string): Promise<ReadOperation> {
	const type = await typeOf(ask, lease, id);
	const operation = ONE[type];
	if (!operation) {
		const instead = type === 'Thread' ? `give --type messages --thread ${id}` : 'name the record that it belongs to';
		throw new FirmsealError('BAD_USER_INPUT', `A ${type} can’t be read alone: ${instead}.`);
	}
	return { operation, variables: { id }, type };
}

/** The operation that reads one page of a list. */
export async function readListOperation(ask: CallApi, lease: ApiLease, options: UseOptions): Promise<ReadOperation> {
	const { type: listed = '', thread, on, first = 50, after = null } = options;
	const { operation, type } = LISTS[listed] ?? { operation: '', type: '' };
	if (listed === 'comments') {
		const of = await typeOf(ask, lease, on ?? '');
		if (!COMMENTED.includes(of)) throw new FirmsealError('BAD_USER_INPUT', `A ${of} has no comments.`);
		return { operation: COMMENTS, variables: { id: on, first, after }, type, within: 'comments' };
	}
	const variables = { firmId: lease.firmId, first, after };
	return { operation, variables: thread === undefined ? variables : { ...variables, threadId: thread }, type };
}

/** @throws FirmsealError NOT_FOUND if the lease's firm has no record with this id */
async function typeOf(ask: CallApi, { firmId }: ApiLease, id: string): Promise<string> {
	const { node } = (await ask('node', { id })) as { readonly node: { __typename: string; firmId?: string } | null };
	if (node?.firmId !== firmId) throw new FirmsealError('NOT_FOUND', `The firm of the lease has no record ${id}.`);
	if (typeof node.__typename !== 'string') throw invalidApiAnswer();
	return node.__typename;
}
