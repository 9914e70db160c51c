import type { GraphQLSchema } from 'graphql';
import { SetupError } from '../../errors.ts';
import type { AskPage } from './pages.ts';
import { createQuestions } from './questions.ts';
import { add, NOTHING, type Tally, tallyOf } from './tally.ts';
import { isOver, type Position, readOn, START } from './walk.ts';

export interface CountOptions {
	readonly schema: GraphQLSchema;
	readonly askPage: AskPage;
	readonly signal: AbortSignal;
}

/** How much an export would hold. Goes the same way as one, and asks for nothing that has to be opened. */
export async function countAll({ schema, askPage, signal }: CountOptions): Promise<Tally> {
	const questions = createQuestions(schema, { toCount: true });
	let tally = NOTHING;
	for (let position: Position = START; !isOver(position); ) {
		if (signal.aborted) throw new SetupError('Interrupted.');
		const { page, next } = await readOn(questions, askPage, position);
		if (page) tally = add(tally, tallyOf(schema, page.records));
		position = next;
	}
	return tally;
}
