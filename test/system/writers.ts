import { v7 as uuidv7 } from 'uuid';
import type { Answer, Ask, Person } from '../support/ask.ts';

const CREATE = 'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }';

const titleOf = (id: string): string => `the note ${id}`;

export interface Writers {
	/** The ids of the notes that the API acknowledged, for findMissing(). */
	readonly acknowledged: string[];
	/** Every other answer. */
	readonly refused: Answer[];
	/** The number of requests without an answer. */
	lost(): number;
	stop(): Promise<void>;
}

/** Starts clients that write one note after the other and keep the answers. A client pauses after a refusal. */
export function startWriters(ask: Ask, token: Person, count = 8): Writers {
	const acknowledged: string[] = [];
	const refused: Answer[] = [];
	let lost = 0;
	let stopped = false;
	const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
	const write = async () => {
		while (!stopped) {
			const id = uuidv7();
			try {
				const answer = await ask(token, CREATE, { input: { id, title: titleOf(id), body: '' } });
				if (answer.data?.createNote.note.id === id) acknowledged.push(id);
				else {
					refused.push(answer);
					await pause();
				}
			} catch {
				lost += 1;
				await pause();
			}
		}
	};
	const done = Promise.all(Array.from({ length: count }, write));
	return {
		acknowledged,
		refused,
		lost: () => lost,
		async stop() {
			stopped = true;
			await done;
		},
	};
}

/** The ids whose note is missing or differs from what was written. */
export async function findMissing(ask: Ask, token: Person, ids: readonly string[]): Promise<string[]> {
	const missing: string[] = [];
	for (let start = 0; start < ids.length; start += 20) {
		const some = ids.slice(start, start + 20);
		const { data } = await ask(
			token,
			`{ ${some.map((id, index) => `n${index}: note(id: "${id}") { title body }`).join(' ')} }`,
		);
		missing.push(
			...some.filter((id, index) => data?.[`n${index}`]?.title !== titleOf(id) || data[`n${index}`].body !== ''),
		);
	}
	return missing;
}
