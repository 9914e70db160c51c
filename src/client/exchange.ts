import {
	type DefinitionNode,
	type DocumentNode,
	type GraphQLFormattedError,
	Kind,
	type OperationDefinitionNode,
	OperationTypeNode,
} from 'graphql';
import { FirmsealError } from '../errors.ts';
import { collectSealed } from './collect-sealed.ts';
import type { ServiceAnswer } from './current-row.ts';
import type { VariableValues } from './evaluate.ts';
import { type FinishedAnswer, finish } from './finish.ts';
import { findOperation, hasOneOperation, isRecord, ownValue } from './nodes.ts';
import type { Opener, RecordToOpen } from './opener.ts';
import { type PreparedDocument, prepareQuery, readsContent } from './prepare-query.ts';
import { type RequestedBy, requestedByQuery } from './requested.ts';

/** An operation as an application asks for it. */
export interface OperationRequest {
	readonly document: DocumentNode;
	readonly variables: VariableValues;
	readonly operationName: string | undefined;
}

/** An operation as it is sent. */
export interface SentRequest {
	readonly prepared: PreparedDocument;
	readonly variables: VariableValues;
	readonly operationName: string | undefined;
	/** What the operation writes, as it was sealed. */
	readonly writes: readonly SealedWrite[];
}

export interface SealedWrite {
	/** The response key of the field that writes it. */
	readonly key: string;
	/** The new revision, without values. */
	readonly record: RecordToOpen;
}

/** Sends a query of this library, past all caches. Rejects if there is no answer. */
export type SendQuery = (document: DocumentNode, variables: VariableValues) => Promise<ServiceAnswer>;

/** Whether an operation reads or writes content of any class, in either custody. One that does not needs no device. */
export async function touchesContent({
	document,
	operationName,
}: Omit<OperationRequest, 'variables'>): Promise<boolean> {
	if (readsContent(document)) return true;
	if (!document.definitions.some(isMutation)) return false;
	const { writesAnyContent } = await import('./later.ts');
	return writesAnyContent(document, operationName);
}

const isMutation = (definition: DefinitionNode | undefined): boolean =>
	definition?.kind === Kind.OPERATION_DEFINITION && definition.operation === OperationTypeNode.MUTATION;

/**
 * Makes an operation ready to be sent: seals the content that it writes, and selects what is needed to open its answer.
 * @throws FirmsealError BAD_USER_INPUT, and of an update NOT_FOUND, CONFLICT or CIPHERTEXT_INVALID; what the opener and `send` throw
 */
export async function prepareRequest(opener: Opener, request: OperationRequest, send: SendQuery): Promise<SentRequest> {
	const { document, variables, operationName } = request;
	if (!(await touchesContent(request)))
		return { prepared: prepareQuery(document, () => 'FIRM'), variables, operationName, writes: [] };
	await opener.ready();
	const custodyOf = (name: string) => opener.custody(name);
	const operation = findOperation(document, operationName);
	if (operation && !isMutation(operation)) {
		const own = hasOneOperation(document) ? document : await ownDocument(document, operation);
		return { prepared: prepareQuery(own, custodyOf), variables, operationName, writes: [] };
	}
	const { sealRequest } = await import('./later.ts');
	await opener.confirm();
	return sealRequest(opener, request, send);
}

async function ownDocument(document: DocumentNode, operation: OperationDefinitionNode): Promise<DocumentNode> {
	const { withoutOthers } = await import('./later.ts');
	return withoutOthers(document, operation);
}

/**
 * Opens an answer. null if it has nothing to open, and stays as it is.
 * @throws what the opener throws; values that do not open are errors of the answer
 */
export async function openAnswer(
	opener: Opener,
	{ prepared: before, variables, operationName, writes }: SentRequest,
	answer: ServiceAnswer,
): Promise<FinishedAnswer | null> {
	const prepared = withPresentCustody(opener, before);
	if (!prepared.opens) return null;
	const requestedBy = await requestedByOf(prepared.original, operationName);
	const collected = collectSealed(prepared, answer.data ?? null, { variables, operationName, requestedBy });
	// Before the answer's records, so that the service cannot show an older revision of what it says to have stored, now or later.
	const written = writes.filter(({ key }) => isRecord(answer.data) && isRecord(ownValue(answer.data, key)));
	const records = [...written.map(({ record }) => record), ...collected.records];
	const opened = records.length > 0 ? await opener.open(records) : [];
	return finish(collected, opened.slice(written.length), answer);
}

async function requestedByOf(document: DocumentNode, operationName: string | undefined): Promise<RequestedBy> {
	if (!isMutation(findOperation(document, operationName))) return requestedByQuery;
	const { requestedByMutation } = await import('./later.ts');
	return requestedByMutation;
}

/** The service could hold an answer back until a class is in custody of the firm, to have it taken for one from before. */
function withPresentCustody(opener: Opener, before: PreparedDocument): PreparedDocument {
	if (!readsContent(before.original)) return before;
	const present = prepareQuery(before.original, (name) => opener.custody(name));
	const custody = new Map([...before.custody, ...present.custody]);
	return { ...before, opens: before.opens || present.opens, custody };
}

/**
 * A refusal as the service writes its own, so that an application has one place for both. null for anything else, which is a failure of
 * the program or of the connection.
 */
export const refusalOf = (error: unknown): GraphQLFormattedError | null =>
	error instanceof FirmsealError ? { message: error.message, extensions: { ...error.extensions } } : null;
