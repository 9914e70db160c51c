import { hashColumns, type KeyLog, parseStamp } from '../custody/index.ts';
import { selectRow, type Transaction, tableNameOf } from '../database/index.ts';
import type { ActingMember, RequestServices } from './acting-member.ts';
import { checkGeneration, checkStampByLog } from './check-stamp.ts';
import type { RowDraft } from './draft-row.ts';
import { missingOrStaleError } from './refusals.ts';
import { assertHashes } from './sealed-input.ts';
import { referencedType, workspaceType } from './workspace.ts';

/**
 * The revision of the stamp that a change of a row has: one more than that of the stored stamp, so that a row which is shown with an older
 * stamp stays older. @throws FirmsealError NOT_FOUND, CONFLICT if the row is not at this revision
 */
export function nextStampRevision(
	{ plane }: RequestServices,
	{ firm, client }: ActingMember,
	typeName: string,
	{ id, expectedRevision }: { readonly id: string; readonly expectedRevision: number },
): Promise<number> {
	const type = workspaceType(typeName);
	return plane.read(firm, async (tx) => {
		const row = await selectRow(tx, type.table, id, { columns: new Set(['stamp']), client });
		if (row?.revision !== expectedRevision) throw await missingOrStaleError(tx, type, id);
		return (typeof row.stamp === 'string' ? parseStamp(row.stamp).revision : expectedRevision) + 1;
	});
}

const rowsOf = (draft: RowDraft): RowDraft[] => [draft, ...Object.values(draft.lists).flat()];

/**
 * Checks what devices have sealed, of a row and its lists, against the firm's key log. Null if they have sealed nothing of it. Must run before
 * a transaction is open, because the log may have to be read and verified.
 * @throws FirmsealError as checkStampByLog()
 */
export async function checkDeviceSealed(
	services: RequestServices,
	{ firm, user }: ActingMember,
	draft: RowDraft,
): Promise<KeyLog | null> {
	const sealed = rowsOf(draft).flatMap(({ byDevice }) => (byDevice ? [byDevice] : []));
	if (sealed.length === 0) return null;
	const log = await services.keyLogs.read(firm);
	for (const each of sealed) await checkStampByLog(log, user, each);
	return log;
}

/**
 * Checks the stamp of a row that was just written against all sealed columns as they are now, including those that the write did not change,
 * and the generation of the record. @throws FirmsealError BAD_USER_INPUT, CONFLICT: the transaction must not commit
 */
export async function checkStoredSeal(
	tx: Transaction,
	services: RequestServices,
	log: KeyLog | null,
	{ typeName, draft }: { readonly typeName: string; readonly draft: RowDraft },
): Promise<void> {
	if (log === null) return;
	const { lists = {} } = workspaceType(typeName);
	for (const [name, rows] of Object.entries(draft.lists))
		for (const part of rows)
			await checkStoredSeal(tx, services, log, { typeName: lists[name]?.type ?? '', draft: part });
	if (!draft.byDevice) return;
	const { table, keyedBy } = workspaceType(typeName);
	const fields = Object.entries(services.fieldsOf(typeName));
	const columns = new Set([...fields.map(([name]) => name), ...(keyedBy ? [keyedBy] : [])]);
	const row = await selectRow(tx, table, draft.id, { columns, client: null });
	if (!row) throw new Error(`A ${typeName} that was just written is not visible.`);
	const stored = fields.map(([name, { column }]) => [column, (row[name] ?? null) as Uint8Array | null] as const);
	const { stamp } = draft.byDevice;
	assertHashes(typeName, stamp, await hashColumns(Object.fromEntries(stored)));
	checkGeneration(log, stamp, recordOf(typeName, stamp.table, row));
}

/** The record that the key log names for a row of the table (src/custody/FORMAT.md, section 5). */
export function recordOf(typeName: string, table: string, row: Readonly<Record<string, unknown>>) {
	const { keyedBy } = workspaceType(typeName);
	const parent = keyedBy ? referencedType(keyedBy) : null;
	if (!keyedBy || !parent) return { table, row: row.id as string };
	return { table: tableNameOf(parent.table), row: row[keyedBy] as string };
}
