import type { GraphQLSchema } from 'graphql';
import { SetupError } from '../../errors.ts';
import { type Progress, showProgress } from '../print/index.ts';
import type { ExportQueries } from './export-queries.ts';
import { LISTS, type List } from './lists.ts';
import type { FetchPage, RecordPage } from './pages.ts';
import { type ExportPart, FAILURES } from './part.ts';
import { isOver, readNextPage } from './read-next-page.ts';
import { fileOf, lineOf } from './records.ts';
import { add, type Tally, tallyOf } from './tally.ts';

export interface ReadOptions {
	readonly part: ExportPart;
	readonly schema: GraphQLSchema;
	readonly questions: ExportQueries;
	readonly askPage: FetchPage;
	/** Asks how many rows a list has. */
	readonly count: (list: List) => Promise<number>;
	readonly signal: AbortSignal;
}

/** Reads all records into their files, a page at a time: each is saved before the next is asked for. */
export async function readRecords({ part, schema, questions, askPage, count, signal }: ReadOptions): Promise<void> {
	let shown = null as { readonly list: number; readonly progress: Progress } | null;
	try {
		while (!isOver(part.state.position)) {
			if (signal.aborted) throw new SetupError('Interrupted.');
			const { position, rows } = part.state;
			const list = LISTS[position.list];
			if (list && shown?.list !== position.list) {
				shown?.progress.end();
				shown = { list: position.list, progress: showProgress(list.title, await count(list)) };
				advance(shown.progress, rows);
			}
			const step = await readNextPage(questions, askPage, position);
			if (step.page) await keep(part, step.page);
			const tally = step.page ? tallyOf(schema, step.page.records) : null;
			await part.save({
				position: step.next,
				rows: step.next.list === position.list ? rows + step.rows : 0,
				...(tally && added(part, tally)),
				failures: part.state.failures + (step.page?.failures.length ?? 0),
			});
			if (shown) advance(shown.progress, step.rows);
		}
	} finally {
		shown?.progress.end();
	}
}

async function keep(part: ExportPart, { records, failures }: RecordPage): Promise<void> {
	for (const [file, found] of Map.groupBy(records, fileOf)) await part.append(file, found.map(lineOf));
	await part.append(
		FAILURES,
		failures.map((failure) => JSON.stringify(failure)),
	);
}

const added = ({ state }: ExportPart, tally: Tally): Tally => add({ counts: state.counts, files: state.files }, tally);

function advance(progress: Progress, rows: number): void {
	for (let done = 0; done < rows; done++) progress.step();
}
