import { FirmsealError } from '../errors.ts';
import { CONTENT_INPUTS } from './content-inputs.generated.ts';
import type { ContentInput } from './coordinate-types.ts';
import { isRecord, ownValue } from './nodes.ts';
import type { RowToSeal, SealedContent } from './opener.ts';

/** A row of an input. */
export interface InputRow {
	/** Without the current row, which an update also needs. */
	readonly row: Omit<RowToSeal, 'current'>;
	/** Puts what was sealed into the variables. */
	readonly write: (sealed: SealedContent) => void;
}

type Given = Readonly<Record<string, unknown>>;

/** @throws FirmsealError BAD_USER_INPUT for an object that is sent as something else than the fields that it shows here */
export function requirePlain(given: Given, name: string): void {
	if (typeof given.toJSON !== 'function') return;
	throw new FirmsealError('BAD_USER_INPUT', `${name} with content must be a plain object, without toJSON().`);
}

/** Whether an input has anything to seal. A new row always has a stamp. */
export const writesContent = (input: ContentInput, given: Given): boolean =>
	input.kind === 'CREATE' ||
	input.content.some((name) => ownValue(given, name) !== undefined) ||
	Object.keys(input.lists ?? {}).some((name) => ownValue(given, name) != null);

/**
 * Separates the content of an input from the rest. Arguments without a value are left out. `inputType` is an input type with content.
 * @throws FirmsealError BAD_USER_INPUT
 */
export function separateInput(
	inputType: string,
	given: Given,
	newId: () => string,
): { readonly metadata: Record<string, unknown>; readonly rows: readonly InputRow[] } {
	const input = ownValue(CONTENT_INPUTS, inputType);
	if (!input) throw new Error(`${inputType} is no input with content.`);
	const names = [...input.content, ...input.metadata, ...Object.keys(input.lists ?? {}), 'id'];
	if (Object.keys(given).some((name) => given[name] !== undefined && !names.includes(name)))
		throw new FirmsealError(
			'BAD_USER_INPUT',
			`An argument of ${inputType} is unknown to this version of firmseal/client: remove it, or update the library.`,
		);
	const metadata = ownEntries(given, input.metadata);
	const rows: InputRow[] = [];
	if (input.kind === 'CREATE' || input.content.some((name) => ownValue(given, name) !== undefined)) {
		const row = rowOf(inputType, input, given, newId);
		metadata.id = row.id;
		const write = (sealed: SealedContent) => {
			metadata.sealed = sealed;
		};
		rows.push({ row, write });
	}
	for (const [name, ofRows] of Object.entries(input.lists ?? {})) {
		const list = ownValue(given, name);
		if (list === undefined) continue;
		metadata[name] = list === null ? null : listOf(list, ofRows, newId, rows);
	}
	return { metadata, rows };
}

/** GraphQL takes one item as a list of one. */
function listOf(given: unknown, inputType: string, newId: () => string, rows: InputRow[]): unknown[] {
	return (Array.isArray(given) ? given : [given]).map((item: unknown) => {
		if (!isRecord(item)) throw new FirmsealError('BAD_USER_INPUT', `An item of ${inputType} must be an object.`);
		requirePlain(item, inputType);
		const { metadata, rows: ofItem } = separateInput(inputType, item, newId);
		rows.push(...ofItem);
		return metadata;
	});
}

function rowOf(inputType: string, input: ContentInput, given: Given, newId: () => string): InputRow['row'] {
	const values = ownEntries(given, input.content);
	for (const [to, from] of Object.entries(input.copies ?? {})) {
		if (values[to] == null && values[from] !== undefined) values[to] = values[from];
	}
	const { type, kind } = input;
	const id = ownValue(given, 'id') ?? (kind === 'CREATE' ? newId() : null);
	if (typeof id !== 'string') throw wrongArgument(inputType, 'id', 'a UUIDv7');
	const revision = ownValue(given, 'expectedRevision');
	if (kind === 'UPDATE' && typeof revision !== 'number') throw wrongArgument(inputType, 'expectedRevision', 'an Int');
	const thread = input.thread === undefined ? null : ownValue(given, input.thread);
	if (thread !== null && typeof thread !== 'string') throw wrongArgument(inputType, `${input.thread}`, 'a UUIDv7');
	return { type, kind, id, expectedRevision: typeof revision === 'number' ? revision : null, values, thread };
}

const ownEntries = (given: Given, names: readonly string[]): Record<string, unknown> =>
	Object.fromEntries(
		names.flatMap((name) => {
			const value = ownValue(given, name);
			return value === undefined ? [] : [[name, value] as const];
		}),
	);

const wrongArgument = (inputType: string, argument: string, form: string): FirmsealError =>
	new FirmsealError('BAD_USER_INPUT', `${inputType}.${argument} must be ${form}.`);
