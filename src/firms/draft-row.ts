import { v7 as uuidv7 } from 'uuid';
import type { ContentField } from '../content/index.ts';
import { columnOf, isDeadlock, isUniqueViolation, plaintextColumnOf } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { ActingMember, RequestServices } from './acting-member.ts';
import { concurrentChangeError } from './refusals.ts';
import { type DeviceSealed, type GivenSealed, isSealedByDevices, readSealed } from './sealed-input.ts';
import { nextStampRevision } from './stored-seal.ts';
import { type WorkspaceType, workspaceType } from './workspace.ts';

/** Arguments by name. Their types and limits have been checked against the schema. */
export type WriteInput = Readonly<Record<string, unknown>>;

/** A row to be written. */
export interface RowDraft {
	readonly id: string;
	readonly metadata: Readonly<Record<string, unknown>>;
	/** Envelopes, by field name, and the values of plaintext columns that are being migrated. */
	readonly sealed: Readonly<Record<string, unknown>>;
	/** Of content that a device of the firm has sealed; its envelopes and stamp are in `sealed` too. */
	readonly byDevice?: DeviceSealed;
	/** Values of the encrypted fields, by field name. */
	readonly plaintext: Readonly<Record<string, unknown>>;
	/** The encrypted fields that are given, including those of lists. */
	readonly fields: readonly ContentField[];
	readonly lists: Readonly<Record<string, readonly RowDraft[]>>;
}

/** Arguments of a row to be written. */
export interface RowArguments {
	readonly id: string;
	/** As the caller sent them, without groups. */
	readonly sent: WriteInput;
	/** The same with the columns that are filled in. */
	readonly given: WriteInput;
}

/**
 * Splits the arguments into metadata and content, and seals the content, unless a device of the firm has. Must run before a transaction is
 * open, because a key may have to be fetched. null removes a value. For a column that can't be null, null means the column's default in a new
 * row, and is refused if there is no default or no new row. @throws FirmsealError BAD_USER_INPUT, FORBIDDEN, KEY_UNAVAILABLE.
 */
export async function draftRow(
	services: RequestServices,
	acting: ActingMember,
	typeName: string,
	{ id, sent, given }: RowArguments,
): Promise<RowDraft> {
	const type = workspaceType(typeName);
	const fieldsOf = services.fieldsOf(typeName);
	const isByDevices = isSealedByDevices(services, acting, typeName, sent);
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
	const lists = await draftLists(services, acting, type, given);
	const row = isByDevices
		? await sealedByDevice(services, acting, typeName, { id, sent })
		: await sealedHere(services, acting, { type, id, sent, content });
	return {
		id,
		metadata,
		...row,
		fields: [
			...row.fields,
			// All fields of the list's type, because the list's former rows are removed.
			...Object.keys(lists).flatMap((name) => Object.values(services.fieldsOf(type.lists?.[name]?.type ?? ''))),
		],
		lists,
	};
}

type DraftedContent = Pick<RowDraft, 'sealed' | 'plaintext' | 'byDevice' | 'fields'>;

async function sealedByDevice(
	services: RequestServices,
	acting: ActingMember,
	typeName: string,
	{ id, sent }: Pick<RowArguments, 'id' | 'sent'>,
): Promise<DraftedContent> {
	const sealed = sent.sealed as GivenSealed | null | undefined;
	const { expectedRevision = 0 } = sent as { readonly expectedRevision?: number };
	if (!sealed) {
		// A change of metadata alone needs no stamp.
		if (expectedRevision > 0) return { sealed: {}, plaintext: {}, fields: [] };
		throw new FirmsealError(
			'BAD_USER_INPUT',
			`${typeName} is in the firm's own custody: send \`sealed\`, with the stamp of a device of the firm.`,
		);
	}
	if ((sent.id ?? null) === null)
		throw new FirmsealError('BAD_USER_INPUT', `The stamp names the ${typeName}: send the id that it names.`);
	const revision =
		expectedRevision > 0 ? await nextStampRevision(services, acting, typeName, { id, expectedRevision }) : 1;
	const byDevice = await readSealed(services, acting, { typeName, id, revision, sealed });
	const fieldsOf = services.fieldsOf(typeName);
	const fields = Object.keys(byDevice.envelopes).map((name) => fieldsOf[name] as ContentField);
	return { sealed: { ...byDevice.envelopes, stamp: byDevice.text }, plaintext: {}, byDevice, fields };
}

async function sealedHere(
	services: RequestServices,
	acting: ActingMember,
	row: {
		readonly type: WorkspaceType;
		readonly id: string;
		readonly sent: WriteInput;
		readonly content: readonly GivenContent[];
	},
): Promise<DraftedContent> {
	const { type, id, sent, content } = row;
	for (const name of type.requiredContent ?? [])
		if (!('expectedRevision' in sent) && (sent[name] ?? null) === null)
			throw new FirmsealError(
				'BAD_USER_INPUT',
				`The argument input.${name} is missing: give the ${name} of the ${type.noun}.`,
			);
	return {
		sealed: await contentColumns(services, acting, type, id, content),
		plaintext: Object.fromEntries(content.map(({ name, value }) => [name, value])),
		fields: content.map(({ field }) => field),
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
			rows.map((row) => {
				const id = idOfPart(services, acting, part.type, row);
				return draftRow(services, acting, part.type, { id, sent: row, given: { ...blank, ...row } });
			}),
		);
	}
	return lists;
}

/** Only a stamp needs the id before the row is written. @throws FirmsealError BAD_USER_INPUT for an id that is not needed */
function idOfPart(
	services: RequestServices,
	acting: ActingMember,
	typeName: string,
	{ id, ...sent }: WriteInput,
): string {
	const given = (id ?? null) as string | null;
	if (given === null || isSealedByDevices(services, acting, typeName, sent)) return given ?? uuidv7();
	throw new FirmsealError(
		'BAD_USER_INPUT',
		`${typeName} is not in the firm's own custody: leave its id out, because the server makes it.`,
	);
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
