import { v7 as newUuid } from 'uuid';
import { CONTENT_TYPES } from './coordinates.generated.ts';
import { currentRowQuery, readCurrentRow } from './current-row.ts';
import type { OperationRequest, SealedWrite, SendQuery, SentRequest } from './exchange.ts';
import type { InputRow } from './input-rows.ts';
import { ownValue } from './nodes.ts';
import type { Opener, RecordToOpen, RowToSeal, SealedContent } from './opener.ts';
import { prepareMutation } from './prepare-mutation.ts';
import { prepareQuery } from './prepare-query.ts';

/* Loaded with the first mutation, because a page begins by reading. */

/** Seals the content that a mutation writes, and selects what is needed to open its answer. Throws as prepareRequest(). */
export async function sealRequest(opener: Opener, request: OperationRequest, send: SendQuery): Promise<SentRequest> {
	const { document, variables, operationName } = request;
	const custodyOf = (name: string) => opener.custody(name);
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
