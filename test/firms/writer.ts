import { v7 as uuidv7 } from 'uuid';
import type { Scene } from '../attacks/scene.ts';
import type { Answer } from '../support/ask.ts';
import { fieldOf, selectionOf } from './kinds.ts';

type Input = Readonly<Record<string, unknown>>;

/** The object in an answer, with all its fields. */
// biome-ignore lint/suspicious/noExplicitAny: tests read objects of any type
export type Shown = any;

/** Writes as a member of a firm, and returns the answer. */
export interface Writer {
	create(type: string, input: Input, selection?: string): Promise<Answer>;
	update(type: string, input: Input, selection?: string): Promise<Answer>;
	remove(type: string, id: string, expectedRevision: number): Promise<Answer>;
	/** Makes an object and returns it in full. @throws Error if it is refused. */
	make(type: string, input: Input): Promise<Shown>;
	/** The object as node() shows it; null if there is none. */
	read(type: string, id: string): Promise<Shown>;
}

export function writerOf(scene: Scene, token = scene.north.member): Writer {
	const write = (verb: string, type: string, input: Input, selection: string) =>
		scene.api.ask(
			token,
			`mutation ($input: ${verb}${type}Input!) { ${verb.toLowerCase()}${type}(input: $input) { ${selection} } }`,
			{ input },
		);
	const create: Writer['create'] = (type, input, selection = selectionOf(type)) =>
		write('Create', type, input, `${fieldOf(type)} { ${selection} }`);
	return {
		create,
		update: (type, input, selection = selectionOf(type)) =>
			write('Update', type, input, `${fieldOf(type)} { ${selection} }`),
		remove: (type, id, expectedRevision) => write('Delete', type, { id, expectedRevision }, 'id'),
		async make(type, input) {
			const answer = await create(type, { id: uuidv7(), ...input });
			return shown(answer, `create${type}`);
		},
		async read(type, id) {
			const query = `query ($id: ID!) { node(id: $id) { ... on ${type} { ${selectionOf(type)} } } }`;
			const { data, errors, text } = await scene.api.ask(token, query, { id });
			if (errors.length > 0) throw new Error(text);
			return data.node;
		},
	};
}

/** The object in the answer to a write. @throws Error if the write was refused. */
export function shown(answer: Answer, mutation: string): Shown {
	const payload = answer.data?.[mutation];
	if (answer.errors.length > 0 || !payload) throw new Error(answer.text);
	return Object.values(payload)[0];
}

export const codesOf = ({ errors }: Answer): string[] => errors.map(({ extensions }) => extensions.code);

/** Number of answers by error code; answers without an error count as `done`. */
export function outcomesOf(answers: readonly Answer[]): Record<string, number> {
	const codes = answers.map((answer) => codesOf(answer)[0] ?? 'done');
	return Object.fromEntries([...Map.groupBy(codes, (code) => code)].map(([code, all]) => [code, all.length]));
}
