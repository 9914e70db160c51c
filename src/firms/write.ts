import { v7 as uuidv7 } from 'uuid';
import type { ContentField } from '../content/index.ts';
import type { KeyLog } from '../custody/index.ts';
import {
	columnOf,
	deleteSharesOf,
	findColumn,
	hasValues,
	insertRows,
	isIdTaken,
	isSharable,
	lockRow,
	type Row,
	selectRevision,
	selectRow,
	selectRowsOf,
	selectTableOfId,
	selectTakenIds,
	selectUsersByIds,
	type Transaction,
	tombstoneRow,
	tombstoneRowsOf,
	touchRow,
	updateRow,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { ActingMember, RequestServices } from './acting-member.ts';
import { draftRow, type RowDraft, translateWriteConflicts, type WriteInput } from './draft-row.ts';
import { missingOrStaleError } from './refusals.ts';
import { checkDeviceSealed, checkStoredSeal } from './stored-seal.ts';
import { referencedType, WORKSPACE, type WorkspaceType, workspaceType } from './workspace.ts';

interface RevisionInput {
	readonly id: string;
	readonly expectedRevision: number;
}

/**
 * Makes a row of a type. Idempotent with an `id` from the client: the same input returns the same row.
 * @throws FirmsealError BAD_USER_INPUT, NOT_FOUND for a row that it refers to, CONFLICT if the id or a unique value is taken,
 * KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function createRow(
	services: RequestServices,
	acting: ActingMember,
	typeName: string,
	input: WriteInput,
): Promise<Row> {
	const type = workspaceType(typeName);
	const draft = await draftCreate(services, acting, typeName, input);
	const author = findColumn(type.table, 'authorId') ? { authorId: acting.user } : {};
	const whole = { ...draft, metadata: { ...draft.metadata, ...author } };
	let log: KeyLog | null;
	try {
		log = await checkDeviceSealed(services, acting, draft);
	} catch (error) {
		// The key log may have moved on since the first create was stored.
		const mayBeRepeated = Boolean(input.id) && error instanceof FirmsealError && error.code === 'CONFLICT';
		const repeated = mayBeRepeated ? await findRepeatedCreate(services, acting, typeName, whole) : null;
		if (repeated) return repeated;
		throw error;
	}
	const created = await translateWriteConflicts(type, () =>
		services.plane.write(acting.firm, async (tx) => {
			await lockReferencedRows(tx, acting, type, draft);
			if (input.id && (await isOfAnotherType(tx, acting, typeName, draft.id))) throw idTakenError();
			// A repeated create must not fail because of the limit that deriveColumns() checks.
			if (type.deriveColumns && (await selectRevision(tx, type.table, draft.id)) !== null) return null;
			const further = type.deriveColumns ? await type.deriveColumns(tx, draft.metadata) : {};
			const values = { id: draft.id, firmId: acting.firm, ...author, ...draft.metadata, ...further, ...draft.sealed };
			if ((await insertRows(tx, type.table, [values])) === 0) return null;
			const parts = await insertParts(tx, acting, type, draft);
			await checkStoredSeal(tx, services, log, { typeName, draft });
			if (type.touchedParentColumn)
				await touchRow(
					tx,
					requireReferencedType(type.touchedParentColumn).table,
					draft.metadata[type.touchedParentColumn] as string,
				);
			await record(services, acting, 'content.create', [draft.id, ...parts], draft.fields);
			return read(tx, acting, type, draft.id);
		}),
	).catch((error: unknown) => {
		if (isIdTaken(error)) return null;
		throw error;
	});
	const row = created ?? (await findRepeatedCreate(services, acting, typeName, whole));
	if (row) return row;
	throw idTakenError();
}

function draftCreate(
	services: RequestServices,
	acting: ActingMember,
	typeName: string,
	input: WriteInput,
): Promise<RowDraft> {
	const type = workspaceType(typeName);
	const groups = (type.groupedArguments ?? []).map((name) => input[name] as WriteInput);
	const named: WriteInput = Object.assign({ ...input }, ...groups);
	const given = { ...named, ...type.fillColumns?.(named) };
	return draftRow(services, acting, typeName, {
		id: (input.id as string | null | undefined) ?? uuidv7(),
		sent: named,
		given: {
			...Object.fromEntries(type.writableColumns.map((name) => [name, null])),
			...Object.fromEntries(Object.keys(type.lists ?? {}).map((name) => [name, []])),
			...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== null)),
		},
	});
}

/**
 * Changes the given columns only.
 * @throws FirmsealError BAD_USER_INPUT, NOT_FOUND, CONFLICT for a stale revision, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function changeRow(
	services: RequestServices,
	acting: ActingMember,
	typeName: string,
	input: WriteInput & RevisionInput,
): Promise<Row> {
	const type = workspaceType(typeName);
	const draft = await draftRow(services, acting, typeName, { id: input.id, sent: input, given: input });
	if (Object.keys({ ...draft.metadata, ...draft.sealed, ...draft.lists }).length === 0)
		throw new FirmsealError('BAD_USER_INPUT', `Nothing to change: give at least one new value for the ${type.noun}.`);
	const log = await checkDeviceSealed(services, acting, draft);
	return translateWriteConflicts(type, () =>
		services.plane.write(acting.firm, async (tx) => {
			await lockReferencedRows(tx, acting, type, draft);
			const changes = { ...draft.metadata, ...draft.sealed };
			if (!(await updateRow(tx, type.table, draft.id, input.expectedRevision, changes)))
				throw await missingOrStaleError(tx, type, draft.id);
			const given = Object.entries(type.lists ?? {}).filter(([name]) => name in draft.lists);
			const replaced = await tombstoneParts(
				tx,
				draft.id,
				given.map(([, part]) => part),
			);
			const parts = await insertParts(tx, acting, type, draft);
			await checkStoredSeal(tx, services, log, { typeName, draft });
			await record(services, acting, 'content.update', [draft.id, ...replaced, ...parts], draft.fields);
			return read(tx, acting, type, draft.id);
		}),
	);
}

/**
 * Removes the content of the row and of its parts for good, and its shares. The id stays taken.
 * @throws FirmsealError NOT_FOUND, CONFLICT for a stale revision, AUDIT_UNAVAILABLE.
 */
export async function removeRow(
	services: RequestServices,
	acting: ActingMember,
	typeName: string,
	{ id, expectedRevision }: RevisionInput,
): Promise<string> {
	const type = workspaceType(typeName);
	return services.plane.write(acting.firm, async (tx) => {
		if (!(await tombstoneRow(tx, type.table, id, expectedRevision))) throw await missingOrStaleError(tx, type, id);
		const parts = await tombstoneParts(tx, id, type.parts ?? []);
		await deleteSharesOf(tx, type.table, id);
		await type.onDelete?.(tx, id);
		const fields = [typeName, ...(type.parts ?? []).map((part) => part.type)].flatMap((name) =>
			Object.values(services.fieldsOf(name)),
		);
		await record(services, acting, 'content.delete', [id, ...parts], fields);
		return id;
	});
}

/** Checks that the rows it refers to exist and are visible to the caller, and locks them until the end of the transaction. */
async function lockReferencedRows(
	tx: Transaction,
	{ client }: ActingMember,
	type: WorkspaceType,
	{ metadata }: RowDraft,
): Promise<void> {
	for (const [column, id] of Object.entries(metadata)) {
		const to = referencedType(column);
		if (!to || id === null) continue;
		const strength = column === type.touchedParentColumn ? 'no key update' : 'share';
		const isLocked = await lockRow(tx, to.table, id as string, strength);
		// A share may have ended while this waited for the lock. Only a later statement sees that.
		if (!isLocked || (client !== null && (await selectRevision(tx, to.table, id as string)) === null))
			throw new FirmsealError('NOT_FOUND', `This ${to.noun} does not exist.`);
	}
}

function requireReferencedType(column: string): WorkspaceType {
	const type = referencedType(column);
	if (!type) throw new Error(`${column} refers to nothing.`);
	return type;
}

async function insertParts(
	tx: Transaction,
	acting: ActingMember,
	type: WorkspaceType,
	{ id, lists }: RowDraft,
): Promise<string[]> {
	const ids: string[] = [];
	for (const [name, rows] of Object.entries(lists)) {
		const part = type.lists?.[name];
		if (!part) throw new Error(`${name} is not a list of the type.`);
		const values = rows.map((row, index) => ({
			id: row.id,
			firmId: acting.firm,
			[part.parentColumn]: id,
			position: index + 1,
			...row.metadata,
			...row.sealed,
		}));
		const named = rows.filter(({ byDevice }) => byDevice).map((row) => row.id);
		if (named.length > 0 && (await isAnyTaken(tx, acting.firm, named))) throw idTakenError();
		if ((await insertRows(tx, workspaceType(part.type).table, values)) < values.length) throw idTakenError();
		ids.push(...rows.map((row) => row.id));
	}
	return ids;
}

async function tombstoneParts(
	tx: Transaction,
	id: string,
	parts: NonNullable<WorkspaceType['parts']>,
): Promise<string[]> {
	const ids: string[] = [];
	for (const { type, parentColumn } of parts) {
		const { table } = workspaceType(type);
		ids.push(...(await tombstoneRowsOf(tx, table, columnOf(table, parentColumn), [id])));
	}
	return ids;
}

const record = (
	{ content }: RequestServices,
	{ session }: ActingMember,
	action: 'content.create' | 'content.update' | 'content.delete',
	records: readonly string[],
	fields: readonly ContentField[],
) =>
	content.record(session, { action, records, coordinates: [...new Set(fields.map(({ coordinate }) => coordinate))] });

async function read(
	tx: Transaction,
	{ selection }: ActingMember,
	{ table, noun }: WorkspaceType,
	id: string,
): Promise<Row> {
	const row = await selectRow(tx, table, id, selection);
	if (!row) throw new Error(`A ${noun} that was just written is not visible.`);
	return row;
}

/**
 * A repeated create returns the first one's row, if nothing has changed since; otherwise null. No transaction is open while the stored values are opened,
 * because fetching a key needs another connection of the same pool.
 */
async function findRepeatedCreate(
	services: RequestServices,
	acting: ActingMember,
	typeName: string,
	draft: RowDraft,
): Promise<Row | null> {
	const type = workspaceType(typeName);
	const found = await services.plane.read(acting.firm, async (tx) => {
		if (!(await hasValues(tx, type.table, draft.id, draft.metadata))) return null;
		const rows = await storedRows(tx, acting, typeName, draft);
		return rows && { rows, row: await selectRow(tx, type.table, draft.id, acting.selection) };
	});
	return found?.row && (await allValuesMatch(services, acting, found.rows)) ? found.row : null;
}

const idTakenError = () =>
	new FirmsealError(
		'CONFLICT',
		'This id is taken: use a new id, or send exactly the input that was sent with this id before.',
	);

/**
 * Ids are unique only within a table. This prevents a caller from reusing the id of a visible row of another type, which would confuse whatever
 * finds objects by id alone. The portal's role can't read some tables.
 */
async function isOfAnotherType(
	tx: Transaction,
	{ firm, client }: ActingMember,
	typeName: string,
	id: string,
): Promise<boolean> {
	if (id === firm || id === client || (await selectUsersByIds(tx, [id])).length > 0) return true;
	const others = Object.entries<WorkspaceType>(WORKSPACE).filter(
		([name, { table }]) => name !== typeName && (client === null || isSharable(table)),
	);
	return (await selectTableOfId(tx, Object.fromEntries(others.map(([name, { table }]) => [name, table])), id)) !== null;
}

/** As isOfAnotherType(), for ids of a list's rows. Also true for an id that is there twice. */
async function isAnyTaken(tx: Transaction, firm: string, ids: readonly string[]): Promise<boolean> {
	if (new Set(ids).size < ids.length || ids.includes(firm) || (await selectUsersByIds(tx, ids)).length > 0) return true;
	for (const { table } of Object.values(WORKSPACE)) if ((await selectTakenIds(tx, table, ids)).size > 0) return true;
	return false;
}

interface StoredDraft {
	readonly typeName: string;
	readonly draft: RowDraft;
	readonly row: Row;
}

/** The stored rows, each with its draft; null if their numbers differ. */
async function storedRows(
	tx: Transaction,
	acting: ActingMember,
	typeName: string,
	draft: RowDraft,
): Promise<StoredDraft[] | null> {
	const { table, lists = {} } = workspaceType(typeName);
	const selection = ({ plaintext, byDevice, sealed }: RowDraft) => ({
		columns: new Set(Object.keys(byDevice ? sealed : plaintext)),
		client: acting.client,
	});
	const row = await selectRow(tx, table, draft.id, selection(draft));
	if (!row) return null;
	const stored: StoredDraft[] = [{ typeName, draft, row }];
	for (const [name, part] of Object.entries(lists)) {
		const drafts = draft.lists[name] ?? [];
		const of = workspaceType(part.type).table;
		const columns = { columns: new Set([...workspaceType(part.type).writableColumns, 'stamp']), client: acting.client };
		const read = await selectRowsOf(tx, of, columnOf(of, part.parentColumn), [row], columnOf(of, 'position'), columns);
		const rows = read.get(draft.id) ?? [];
		if (rows.length !== drafts.length) return null;
		for (const [index, item] of drafts.entries())
			stored.push({ typeName: part.type, draft: item, row: rows[index] as Row });
	}
	return stored;
}

/** Whether every value of the drafts equals the stored value. */
async function allValuesMatch(
	{ content, fieldsOf }: RequestServices,
	{ session }: ActingMember,
	stored: readonly StoredDraft[],
): Promise<boolean> {
	for (const { typeName, draft, row } of stored) {
		if (draft.byDevice) {
			if (row.id !== draft.id || !isSameSealed(draft.sealed, row)) return false;
			continue;
		}
		const place = { firm: row.firmId, id: row.id, sharedWith: row.sharedWith ?? null };
		for (const [name, value] of Object.entries(draft.plaintext)) {
			const field = fieldsOf(typeName)[name];
			if (!field || !(await content.matchesStored(session, field, place, row[name] as Uint8Array | null, value)))
				return false;
		}
	}
	return true;
}

/** Whether the row stores exactly these envelopes and this stamp. */
const isSameSealed = (sealed: RowDraft['sealed'], row: Row): boolean =>
	Object.entries(sealed).every(([name, value]) => {
		const stored = row[name] ?? null;
		return value instanceof Uint8Array
			? stored instanceof Uint8Array && Buffer.compare(value, stored) === 0
			: value === stored;
	});
