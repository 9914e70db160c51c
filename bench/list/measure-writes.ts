import { TEXT } from '../data/notes.ts';
import { askOnce, bodyOf, type Headers } from '../harness/query.ts';
import type { Section } from '../harness/section.ts';
import { counted, measureServers, type ServerLoad } from './measure-servers.ts';

const NOTE = { title: 'What the client said on the telephone', body: TEXT };
/** A mutation that writes a title and a body of 1 KB. */
export const WRITE = bodyOf(
	'mutation Create($input: CreateNoteInput!) { createNote(input: $input) { note { id createdAt } } }',
	{ input: NOTE },
);

const load = (connections: number, requests: number): ServerLoad => ({
	what: `a note of 1 KB, ${counted(connections, 'connection')}`,
	body: WRITE,
	connections,
	requests,
	targets: {},
});

const LOADS = [load(1, 40), load(8, 160)];

/** A mutation that writes two encrypted fields, with the same servers as lists. */
export const writes: Section = {
	name: 'writes',
	title: 'Writes',
	needsPeers: true,
	steps: () => LOADS.length,
	measure: (context) => measureServers('A write', 'seals', LOADS, assertWritten, context),
};

async function assertWritten(urls: readonly string[], headers: Headers): Promise<void> {
	for (const url of urls) {
		const { id } = JSON.parse(await askOnce(url, headers, WRITE)).data.createNote.note;
		const query = bodyOf('query ($id: ID!) { note(id: $id) { title body } }', { id });
		const { note } = JSON.parse(await askOnce(url, headers, query)).data;
		if (note?.title !== NOTE.title || note.body !== NOTE.body)
			throw new Error('A server does not return the note that it has written.');
	}
}
