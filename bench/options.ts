import { parseArgs } from 'node:util';
import { DOCS, readBaseline } from './report/write-report.ts';
import { chooseSections, type Section } from './section.ts';

/** What a run is asked for. */
export interface Options {
	readonly sections: readonly Section[];
	readonly quick: boolean;
	/** File that everything is written to as JSON; null: none. */
	readonly json: string | null;
	/** Folder that the report is written to; null: none is. */
	readonly docs: string | null;
	/** Compare with the committed ratios. */
	readonly guard: boolean;
}

/** `soak`: what `--soak` measures, by itself. @throws Error in one sentence, of what can't be asked for. */
export function readOptions(args: string[], sections: readonly Section[], soak: Section): Options {
	const { values } = parseArgs({
		args,
		options: {
			json: { type: 'string' },
			only: { type: 'string' },
			docs: { type: 'string' },
			quick: { type: 'boolean', default: false },
			guard: { type: 'boolean', default: false },
			soak: { type: 'boolean', default: false },
		},
	});
	const { quick, guard, only } = values;
	if (values.soak && (guard || only !== undefined))
		throw new Error('--soak is measured by itself: leave --only and --guard out.');
	if (guard && readBaseline(DOCS) === null)
		throw new Error('There is no docs/reference/performance.json to compare with: a whole run writes it.');
	// What is committed is of a whole run; the guard would compare the next one with what it has found.
	const isWhole = !quick && !guard && !values.soak && only === undefined;
	return {
		sections: values.soak ? [soak] : chooseSections(sections, only),
		quick,
		json: values.json ?? null,
		docs: values.docs ?? (isWhole ? DOCS : null),
		guard,
	};
}
