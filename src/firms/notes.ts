import { v7 as uuidv7 } from 'uuid';
import type { ContentField } from '../content/index.ts';
import {
	buryNote,
	insertNote,
	type NoteRow,
	type Sealed,
	selectNote,
	type Transaction,
	updateNote as updateNoteRow,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { Acting, Desk } from './desk.ts';
import { checkId, checkRevision, checkText, type TextLimit } from './input.ts';

const LIMITS: Readonly<Record<'title' | 'body', TextLimit>> = {
	title: { name: 'title', bytes: 1_024 },
	body: { name: 'body', bytes: 131_072 },
};

interface NoteContent {
	/** null: no value; undefined: not given. */
	readonly title?: string | null | undefined;
	readonly body?: string | null | undefined;
}

/**
 * Makes a note. With an `id` of the client's it may be sent again: the same content answers the same note.
 * @throws FirmsealError BAD_USER_INPUT, CONFLICT when the id is taken by anything else, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function createNote(
	desk: Desk,
	acting: Acting,
	input: NoteContent & { readonly id?: string | null | undefined },
): Promise<NoteRow> {
	const id = input.id == null ? uuidv7() : checkId(input.id, 'id');
	const { fields, values } = await concealed(desk, acting, id, {
		title: input.title ?? null,
		body: input.body ?? null,
	});
	const created = await desk.plane.write(acting.firm, async (tx) => {
		const inserted = await insertNote(tx, { id, firmId: acting.firm, authorId: acting.user, ...values });
		if (inserted) await desk.content.recordChange(acting.access, { action: 'content.create', record: id, fields });
		return inserted;
	});
	return created ?? sameNote(desk, acting, id, input);
}

/**
 * Changes what is given and leaves the rest.
 * @throws FirmsealError BAD_USER_INPUT, NOT_FOUND, CONFLICT for a stale revision, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function updateNote(
	desk: Desk,
	acting: Acting,
	input: NoteContent & { readonly id: string; readonly expectedRevision: number },
): Promise<NoteRow> {
	const id = checkId(input.id, 'id');
	const revision = checkRevision(input.expectedRevision);
	if (input.title === undefined && input.body === undefined)
		throw new FirmsealError('BAD_USER_INPUT', 'Nothing to change: give a title or a body.');
	const { fields, values } = await concealed(desk, acting, id, input);
	return desk.plane.write(acting.firm, async (tx) => {
		const updated = await updateNoteRow(tx, id, revision, values);
		if (!updated) throw await absentOrStale(tx, id);
		await desk.content.recordChange(acting.access, { action: 'content.update', record: id, fields });
		return updated;
	});
}

/**
 * Removes the content for good; the id stays taken.
 * @throws FirmsealError BAD_USER_INPUT, NOT_FOUND, CONFLICT for a stale revision, AUDIT_UNAVAILABLE.
 */
export async function deleteNote(
	desk: Desk,
	acting: Acting,
	input: { readonly id: string; readonly expectedRevision: number },
): Promise<string> {
	const id = checkId(input.id, 'id');
	const revision = checkRevision(input.expectedRevision);
	return desk.plane.write(acting.firm, async (tx) => {
		const buried = await buryNote(tx, id, revision);
		if (!buried) throw await absentOrStale(tx, id);
		const fields = Object.values(desk.fieldsOf('Note'));
		await desk.content.recordChange(acting.access, { action: 'content.delete', record: id, fields });
		return buried;
	});
}

/** Seals what is given, before a transaction is open: a key may have to be fetched. */
async function concealed({ content, fieldsOf }: Desk, { access }: Acting, id: string, given: NoteContent) {
	const values = Object.entries(fieldsOf('Note')).flatMap(([name, field]) => {
		const value = given[name as keyof NoteContent];
		if (value === undefined) return [];
		return [{ name, field, value: value === null ? null : checkText(value, LIMITS[name as keyof NoteContent]) }];
	});
	const sealed = await content.conceal(access, id, values);
	return {
		fields: values.map(({ field }): ContentField => field),
		values: Object.fromEntries(values.map(({ name }, index) => [name, sealed[index] as Sealed | null])),
	};
}

/**
 * A create that was sent again answers the first one's note, as long as nothing has changed since. No transaction is open
 * while it opens what is there: a key that has to be fetched needs a connection of the same pool.
 */
async function sameNote(desk: Desk, acting: Acting, id: string, input: NoteContent): Promise<NoteRow> {
	const fields = desk.fieldsOf('Note');
	const selection = { fields: new Set(['author', ...Object.keys(fields)]), sealed: true };
	const note = await desk.plane.read(acting.firm, (tx) => selectNote(tx, id, selection));
	if (note && note.revision === 1 && note.authorId === acting.user) {
		const row = { firm: note.firmId, id };
		const same = await Promise.all(
			(['title', 'body'] as const).map(async (name) => {
				const field = fields[name];
				return field && (await desk.content.reveal(acting.access, field, row, note[name])) === (input[name] ?? null);
			}),
		);
		if (same.every(Boolean)) return note;
	}
	throw new FirmsealError(
		'CONFLICT',
		'This id is taken: make a new one, or send exactly what was sent with it before.',
	);
}

async function absentOrStale(tx: Transaction, id: string): Promise<FirmsealError> {
	const note = await selectNote(tx, id, { fields: new Set(), sealed: false });
	return note
		? new FirmsealError('CONFLICT', `The note has changed: its revision is ${note.revision}; read it again and repeat.`)
		: new FirmsealError('NOT_FOUND', 'There is no such note.');
}
