import { v7 as uuidv7 } from 'uuid';
import type { TestApi, TestFirm } from '../support/installation.ts';

/** The content that a reader of a note must find. */
export interface Expected {
	title: string;
	body: string;
	revision: number;
}

const FIELDS = 'id title body revision';
const UPDATE = `mutation ($input: UpdateNoteInput!) { updateNote(input: $input) { note { ${FIELDS} } } }`;
const CREATE = `mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { ${FIELDS} } } }`;
const READ = `query ($id: ID!) { note(id: $id) { ${FIELDS} } }`;
const LIST = `query ($after: String) { notes(first: 50, after: $after) { nodes { ${FIELDS} } pageInfo { endCursor } } }`;

export interface Load {
	/** The numbers of correct answers, and of requests that failed or returned other values than were written. */
	readonly counts: { requests: number; wrong: string[] };
	stop(): Promise<void>;
}

/** Concurrent clients, each reading and writing its own notes, that compare everything they read. `notes` is kept up to date. */
export function load(
	api: Pick<TestApi, 'ask'>,
	{ member }: TestFirm,
	notes: Map<string, Expected>,
	clients: number,
): Load {
	const counts = { requests: 0, wrong: [] as string[] };
	let isOver = false;
	const ids = [...notes.keys()];

	async function ask(query: string, variables: object) {
		const { data, errors } = await api.ask(member, query, variables as never);
		counts.requests += 1;
		if (errors.length > 0) counts.wrong.push(`${query.slice(0, 20)}: ${JSON.stringify(errors[0])}`);
		return data;
	}
	function compare(found: (Expected & { id: string }) | null | undefined, expected: Expected | undefined): void {
		const same = found && expected && found.title === expected.title && found.body === expected.body;
		if (!same || found.revision !== expected.revision) counts.wrong.push(`a note of revision ${found?.revision}`);
	}

	async function client(number: number): Promise<void> {
		const own = ids.filter((_, index) => index % clients === number);
		let after: string | null = null;
		for (let turn = 0; !isOver; turn++) {
			const id = own[(turn * 7_919) % own.length] ?? '';
			const expected = notes.get(id) as Expected;
			if (turn % 4 === 0) {
				const body = `${expected.body.slice(0, 5_000)} (${number}/${turn})`;
				const data = await ask(UPDATE, { input: { id, expectedRevision: expected.revision, body } });
				notes.set(id, { ...expected, body, revision: expected.revision + 1 });
				compare(data?.updateNote?.note, notes.get(id));
			} else if (turn % 4 === 1) {
				const fresh = { title: `New of ${number}`, body: `${turn}`, revision: 1 };
				const made = uuidv7();
				await ask(CREATE, { input: { id: made, title: fresh.title, body: fresh.body } });
				notes.set(made, fresh);
				own.push(made);
			} else if (turn % 4 === 2) {
				compare((await ask(READ, { id }))?.note, expected);
			} else {
				// A note of another client may have changed, so it only has to open.
				const data: { notes: { nodes: Expected[]; pageInfo: { endCursor: string | null } } } = await ask(LIST, {
					after,
				});
				after = data?.notes?.pageInfo.endCursor ?? null;
				if (data?.notes?.nodes.some(({ title, body }) => title === null || body === null)) counts.wrong.push('null');
			}
		}
	}
	const all = Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
	return {
		counts,
		async stop() {
			isOver = true;
			await all;
		},
	};
}
