import { v7 as uuidv7 } from 'uuid';
import type { Ask, Person } from './ask.ts';

const CREATE = 'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }';

/** Writes a note, and returns its id. */
export async function makeNote(ask: Ask, author: Person, input: object): Promise<string> {
	const { data, text } = await ask(author, CREATE, { input: { id: uuidv7(), ...input } });
	if (!data?.createNote) throw new Error(text);
	return data.createNote.note.id;
}

/** Writes notes with one request. */
export async function makeNotes(ask: Ask, author: Person, inputs: readonly object[]): Promise<void> {
	const names = inputs.map((_, index) => `n${index}`);
	const declared = names.map((name) => `$${name}: CreateNoteInput!`).join(' ');
	const creates = names.map((name) => `${name}: createNote(input: $${name}) { note { id } }`).join(' ');
	const variables = Object.fromEntries(inputs.map((input, index) => [`n${index}`, input]));
	const { data, errors, text } = await ask(author, `mutation (${declared}) { ${creates} }`, variables);
	if (!data || errors.length > 0) throw new Error(text);
}
