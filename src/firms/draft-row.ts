import { v7 as uuidv7 } from 'uuid';
import type { ContentField } from '../content/index.ts';
import { columnOf, isDeadlock, isUniqueViolation, plaintextColumnOf } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { ActingMember, RequestServices } from './acting-member.ts';
import { concurrentChangeError } from './refusals.ts';
import { type WorkspaceType, workspaceType } from './workspace.ts';

/** Arguments by name. Their types and limits have been checked against the schema. */
export type WriteInput = Readonly<Record<string, unknown>>;

/** A row to be written. */
export interface RowDraft {
	readonly id: string;
	readonly metadata: Readonly<Record<string, unknown>>;
	/** Envelopes, by field name, and the values of plaintext columns that are being migrated. */
	readonly sealed: Readonly<Record<string, unknown>>;
	/** Values of the encrypted fields, by field name. */
	readonly plaintext: Readonly<Record<string, unknown>>;
	/** The encrypted fields that are given, including those of lists. */
	readonly fields: readonly ContentField[];
	readonly lists: Readonly<Record<string, readonly RowDraft[]>>;
}

/**
 * Splits the arguments into metadata and content, and seals the content. Must run before a transaction is open, because a key may have to be
 * fetched. null removes a value. For a column that can't be null, null means the column's default in a new row, and is refused if there is no
 * default or no new row. @throws FirmsealError BAD_USER_INPUT, FORBIDDEN, KEY_UNAVAILABLE.
 */
export async function draftRow(
	services: RequestServices,
	acting: ActingMember,
	typeName: string,
	id: string,
	given: WriteInput,
): Promise<RowDraft> {
	const type = workspaceType(typeName);
	const fieldsOf = services.fieldsOf(typeName);
	const metadata: Record<string, unknown> = {};
	const content: GivenContent[] = [];
	for (const name of type.writableColumns) {
		const value = given[name];
		const field = fieldsOf[name];
		if (value === undefined) continue;
		const { notNull, default: ofColumn } = columnOf(type.table, name);
		if (field) content.push({ name, field, value });
		else if (value !== null || !notNull) metadata[name] = value;
		else if (ofColumn !== undefined && !('expectedRevision' in given)) metadata[name] = ofColumn;
		else throw notNullableError(name, type);
	}
	const sealed = await contentColumns(services, acting, type, id, content);
	const lists = await draftLists(services, acting, type, given);
	return {
		id,
		metadata,
		sealed,
		plaintext: Object.fromEntries(content.map(({ name, value }) => [name, value])),
		fields: [
			...content.map(({ field }) => field),
			// All fields of the list's type, because the list's former rows are removed.
			...Object.keys(lists).flatMap((name) => Object.values(services.fieldsOf(type.lists?.[name]?.type ?? ''))),
		],
		lists,
	};
}

interface GivenContent {
	readonly name: string;
	readonly field: ContentField;
	readonly value: unknown;
}

/** Values of the content's columns: envelopes, and the values of plaintext columns until their migration is complete. */
async function contentColumns(
	{ content, writeTargetOf }: RequestServices,
	{ session }: ActingMember,
	{ table }: WorkspaceType,
	id: string,
	given: readonly GivenContent[],
): Promise<Record<string, unknown>> {
	const to = ({ field }: GivenContent) => (field.movedFrom ? (writeTargetOf?.(field.coordinate) ?? 'PLAIN') : 'SEALED');
	const toSeal = given.filter((each) => to(each) !== 'PLAIN');
	const sealed = await content.sealValues(session, id, toSeal);
	const columns: Record<string, unknown> = Object.fromEntries(
		toSeal.map(({ name }, index) => [name, sealed[index] ?? null]),
	);
	for (const each of given) {
		if (!each.field.movedFrom) continue;
		const { property, column } = plaintextColumnOf(table, each.name);
		const isClear = to(each) !== 'SEALED';
		columns[property] = column(isClear ? content.encodePlaintext(session, each.field, each.value) : null);
	}
	return columns;
}

const notNullableError = (name: string, { noun }: WorkspaceType) =>
	new FirmsealError('BAD_USER_INPUT', `The ${name} of the ${noun} cannot be null: give a value, or leave it out.`);

async function draftLists(services: RequestServices, acting: ActingMember, type: WorkspaceType, given: WriteInput) {
	const lists: Record<string, RowDraft[]> = {};
	for (const [name, part] of Object.entries(type.lists ?? {})) {
		const rows = given[name] as readonly WriteInput[] | null | undefined;
		if (rows === undefined) continue;
		if (rows === null) throw notNullableError(name, type);
		const blank = Object.fromEntries(workspaceType(part.type).writableColumns.map((column) => [column, null]));
		lists[name] = await Promise.all(
			rows.map((row) => draftRow(services, acting, part.type, uuidv7(), { ...blank, ...row })),
		);
	}
	return lists;
}

/** @throws FirmsealError CONFLICT for a unique value that is taken, with the type's sentence, and for a deadlock. */
export async function translateWriteConflicts<T>({ unique = {} }: WorkspaceType, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		const sentence = isUniqueViolation(error) && unique[error.constraint ?? ''];
		if (sentence) throw new FirmsealError('CONFLICT', sentence);
		// Two writers that each take the unique value which the other releases.
		if (isDeadlock(error)) throw concurrentChangeError();
		throw error;
	}
}
