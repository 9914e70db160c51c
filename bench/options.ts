import { parseArgs } from 'node:util';
import { chooseSections, type Section } from './harness/section.ts';
import { DOCS, readBaseline } from './report/write-report.ts';

export interface Options {
	readonly sections: readonly Section[];
	readonly quick: boolean;
	/** The file to write as JSON, or null. */
	readonly json: string | null;
	/** The folder to write the report into, or null. */
	readonly docs: string | null;
	/** True to compare with the committed ratios. */
	readonly guard: boolean;
}

/** @param soak the section that only `--soak` runs @throws Error in one sentence for options that are wrong or exclude each other */
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
	if (values.soak && (guard || only !== undefined)) throw new Error('--soak runs alone: leave out --only and --guard.');
	if (guard && readBaseline(DOCS) === null)
		throw new Error('There is no docs/reference/performance.json to compare with: a whole run writes it.');
	// Only whole runs are committed. If a run with --guard wrote its results, the next one would compare with them.
	const isWhole = !quick && !guard && !values.soak && only === undefined;
	return {
		sections: values.soak ? [soak] : chooseSections(sections, only),
		quick,
		json: values.json ?? null,
		docs: values.docs ?? (isWhole ? DOCS : null),
		guard,
	};
}
