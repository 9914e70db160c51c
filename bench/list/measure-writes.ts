import { askOnce, bearer, bodyOf } from '../load/query.ts';
import type { Section, SectionContext } from '../section.ts';
import { comparedAs, counted, measureLoads, type ServerLoad, type Servers, withServers } from './servers.ts';

const TITLE = 'What the client said on the telephone';
/** 1 KB. */
const BODY = 'Dear Ms Ames, '.repeat(80).slice(0, 1_000);
const MUTATION = `mutation Create($input: CreateNoteInput!) { createNote(input: $input) { note { id createdAt } } }`;

const load = (connections: number, requests: number): ServerLoad => ({
	what: `a note of 1 KB, ${counted(connections, 'connection')}`,
	body: bodyOf(MUTATION, { input: { title: TITLE, body: BODY } }),
	connections,
	requests,
	targets: {},
});

const LOADS = [load(1, 40), load(8, 160)];

/** A mutation that writes two encrypted fields, at the same servers as lists. */
export const writes: Section = {
	name: 'writes',
	title: 'Writes',
	needsPeers: true,
	steps: () => LOADS.length,
	measure: (given) =>
		withServers(given, async (servers, client) => {
			await assertWritten(servers, given);
			return { tables: await measureLoads(servers, client, LOADS, comparedAs('A write', 'seals'), given), facts: [] };
		}),
};

/** What is written can be read again, at each of them. */
async function assertWritten(servers: Servers, { installation: { token } }: SectionContext): Promise<void> {
	for (const url of Object.values(servers)) {
		const written = await askOnce(url, bearer(token), bodyOf(MUTATION, { input: { title: TITLE, body: BODY } }));
		const { id } = JSON.parse(written).data.createNote.note;
		const query = 'query ($id: ID!) { note(id: $id) { title body } }';
		const { note } = JSON.parse(await askOnce(url, bearer(token), bodyOf(query, { id }))).data;
		if (note?.title !== TITLE || note.body !== BODY) throw new Error('A server does not read what it has written.');
	}
}
