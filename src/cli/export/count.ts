import type { GraphQLSchema } from 'graphql';
import { SetupError } from '../../errors.ts';
import { createExportQueries } from './export-queries.ts';
import type { FetchPage } from './pages.ts';
import { type ExportPosition, isOver, readNextPage, START } from './read-next-page.ts';
import { add, NOTHING, type Tally, tallyOf } from './tally.ts';

export interface CountOptions {
	readonly schema: GraphQLSchema;
	readonly askPage: FetchPage;
	readonly signal: AbortSignal;
}

/** How much an export would hold. Goes the same way as one, and asks for nothing that has to be opened. */
export async function countAll({ schema, askPage, signal }: CountOptions): Promise<Tally> {
	const questions = createExportQueries(schema, { toCount: true });
	let tally = NOTHING;
	for (let position: ExportPosition = START; !isOver(position); ) {
		if (signal.aborted) throw new SetupError('Interrupted.');
		const { page, next } = await readNextPage(questions, askPage, position);
		if (page) tally = add(tally, tallyOf(schema, page.records));
		position = next;
	}
	return tally;
}
