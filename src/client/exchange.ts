import { type DocumentNode, type GraphQLFormattedError, OperationTypeNode } from 'graphql';
import { v7 as newUuid } from 'uuid';
import { FirmsealError } from '../errors.ts';
import { collectSealed } from './collect-sealed.ts';
import { CONTENT_TYPES } from './coordinates.generated.ts';
import { currentRowQuery, readCurrentRow, type ServiceAnswer } from './current-row.ts';
import type { VariableValues } from './evaluate.ts';
import { type FinishedAnswer, finish } from './finish.ts';
import type { InputRow } from './input-rows.ts';
import { withoutOthers } from './mutation-slots.ts';
import { findOperation, isRecord, ownValue } from './nodes.ts';
import type { Opener, RecordToOpen, RowToSeal, SealedContent } from './opener.ts';
import { prepareMutation, writesAnyContent } from './prepare-mutation.ts';
import { type PreparedDocument, prepareQuery, readsContent } from './prepare-query.ts';

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

interface SealedWrite {
	/** The response key of the field that writes it. */
	readonly key: string;
	/** The new revision, without values. */
	readonly record: RecordToOpen;
}

/** Sends a query of this library, past all caches. Rejects if there is no answer. */
export type SendQuery = (document: DocumentNode, variables: VariableValues) => Promise<ServiceAnswer>;

/** Whether an operation reads or writes content of any class, in either custody. One that does not needs no device. */
export const touchesContent = ({ document, operationName }: Omit<OperationRequest, 'variables'>): boolean =>
	readsContent(document) || writesAnyContent(document, operationName);

/**
 * Makes an operation ready to be sent: seals the content that it writes, and selects what is needed to open its answer.
 * @throws FirmsealError BAD_USER_INPUT, and of an update NOT_FOUND, CONFLICT or CIPHERTEXT_INVALID; what the opener and `send` throw
 */
export async function prepareRequest(opener: Opener, request: OperationRequest, send: SendQuery): Promise<SentRequest> {
	const { document, variables, operationName } = request;
	if (!touchesContent(request))
		return { prepared: prepareQuery(document, () => 'FIRM'), variables, operationName, writes: [] };
	await opener.ready();
	const custodyOf = (name: string) => opener.custody(name);
	const operation = findOperation(document, operationName);
	if (operation && operation.operation !== OperationTypeNode.MUTATION)
		return {
			prepared: prepareQuery(withoutOthers(document, operation), custodyOf),
			variables,
			operationName,
			writes: [],
		};
	await opener.confirm();
	const mutation = prepareMutation(document, variables, operationName, custodyOf, newUuid);
	// Before anything is sealed, because it refuses what cannot be sent.
	const prepared = prepareQuery(mutation.document, custodyOf);
	const { toSeal } = mutation;
	const writes: SealedWrite[] = [];
	if (toSeal.length > 0) {
		const rows = await Promise.all(toSeal.map(({ row }) => completeRow(opener, row, send)));
		const sealed = await opener.seal(rows);
		if (sealed.length !== toSeal.length) throw new Error('The opener gave another number of rows.');
		for (const [at, { key, write }] of toSeal.entries()) {
			const content = sealed[at] as SealedContent;
			write(content);
			writes.push({ key, record: revisionOf(rows[at] as RowToSeal, content) });
		}
	}
	return { prepared, variables: mutation.variables, operationName, writes };
}

/** A stamp that the own opener made. */
function revisionOf({ type, id, thread }: RowToSeal, { stamp }: SealedContent): RecordToOpen {
	const { firm } = JSON.parse(stamp) as { readonly firm: string };
	return { path: [], type, id, firm, thread, stamp, fields: [], requestedId: id };
}

async function completeRow(opener: Opener, row: InputRow['row'], send: SendQuery): Promise<RowToSeal> {
	const { type, id, expectedRevision } = row;
	if (row.kind === 'CREATE' || expectedRevision === null) return { ...row, current: null };
	const custody = opener.custody(ownValue(CONTENT_TYPES, type)?.class ?? '');
	const answer = await send(currentRowQuery(type, custody), { id });
	const { record, values, thread } = readCurrentRow(answer, { type, id, expectedRevision }, custody);
	return { ...row, values: { ...values, ...row.values }, thread, current: record };
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
	const collected = collectSealed(prepared, answer.data ?? null, { variables, operationName });
	// Before the answer's records, so that the service cannot show an older revision of what it says to have stored, now or later.
	const written = writes.filter(({ key }) => isRecord(answer.data) && isRecord(ownValue(answer.data, key)));
	const records = [...written.map(({ record }) => record), ...collected.records];
	const opened = records.length > 0 ? await opener.open(records) : [];
	return finish(collected, opened.slice(written.length), answer);
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
