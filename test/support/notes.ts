import { v7 as uuidv7 } from 'uuid';
import type { Ask, Person } from './ask.ts';

const CREATE = 'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }';

/** Writes a note, and returns its id. */
export async function makeNote(ask: Ask, author: Person, input: object): Promise<string> {
	const { data, text } = await ask(author, CREATE, { input: { id: uuidv7(), ...input } });
	if (!data?.createNote) throw new Error(text);
	return data.createNote.note.id;
}
