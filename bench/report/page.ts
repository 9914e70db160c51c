import { anchorOf, page, table } from '../../src/cli/docs/markdown.ts';
import { type Table, tableCells, verdictOf } from '../comparison.ts';
import { type Facts, factCells } from '../facts.ts';
import { describeMachine } from '../machine.ts';
import type { Result } from './result.ts';

/** Where pictures are, from the page; a table of one line has none. */
const PICTURES = 'performance';
const FEWEST = 2;

export const hasPicture = ({ comparisons, growth }: Table): boolean => comparisons.length >= FEWEST || !!growth;

export const pictureName = ({ title }: Pick<Table, 'title'>): string => `${anchorOf(title)}.svg`;

/** Explanations of missed targets, by title of the table: what bench/missed-targets.md says under its headings. */
export function readExplanations(markdown: string): ReadonlyMap<string, string> {
	const [, ...parts] = markdown.split(/^## /m);
	return new Map(
		parts.map((part) => {
			const [title = '', ...text] = part.split('\n');
			return [title.trim(), text.join('\n').trim()];
		}),
	);
}

/** docs/performance.md: everything that a run has measured. */
export function performancePage(result: Result, explanations: ReadonlyMap<string, string>): string {
	const { at, machine, peers, seconds, quick, sections } = result;
	const beside = Object.entries(peers ?? {}).map(([name, version]) => `${name} ${version}`);
	return page([
		'# Performance',
		`Written by \`npm run bench\` on ${at.slice(0, 10)}, which took ${Math.round(seconds / 60)} minutes${quick ? ', for a first look only (`--quick`)' : ''}. [bench](../bench/README.md) says what each line is.`,
		`${describeMachine(machine)}. Beside: ${beside.join(', ')}.`,
		HOW_TO_READ,
		missedBlock(sections.flatMap(missedOf), explanations),
		...sections.flatMap(({ title, tables, facts }) => [
			`## ${title}`,
			...tables.flatMap(tableBlock),
			...facts.flatMap(factsBlock),
		]),
	]);
}

const HOW_TO_READ = `Times move with the machine; what counts is the ratio, of times that were taken in turns in the same run: the median of all
rounds and their middle half. Over 1 is slower than what it is compared with, 0.33 is three times as fast. A target is met or missed when
the whole middle half is on one side of it, else it is unclear. p50 and p99 are the times of half of all answers and of 99 in a hundred, first
of what is compared with. In the pictures a bar is the ratio, the thin line its middle half, the broken line the target.`;

const tableBlock = (each: Table): string[] => {
	const [head = [], ...lines] = tableCells(each);
	const picture = hasPicture(each) ? [`![${each.title}](${PICTURES}/${pictureName(each)})`] : [];
	return [`### ${each.title}`, table(head, lines), ...picture];
};

const factsBlock = (facts: Facts): string[] => [
	`### ${facts.title}`,
	table(['', 'measured', 'target', ''], factCells(facts)),
];

interface Missed {
	readonly title: string;
	readonly what: string;
	readonly measured: string;
	readonly target: string;
}

/** Lines of a section that miss their target. */
function missedOf({ tables, facts }: Result['sections'][number]): Missed[] {
	const ofTables = tables.flatMap((each) => {
		const [, ...lines] = tableCells(each);
		return each.comparisons.flatMap(({ what, ratio, target }, index) => {
			const [, , , measured = '', , aimed = ''] = lines[index] ?? [];
			const isMissed = target !== null && verdictOf(ratio, target) === 'missed';
			return isMissed ? [{ title: each.title, what, measured, target: aimed }] : [];
		});
	});
	const ofFacts = facts.flatMap((each) =>
		factCells(each).flatMap(([what = '', measured = '', target = '', verdict]) =>
			verdict === 'missed' ? [{ title: each.title, what, measured, target }] : [],
		),
	);
	return [...ofTables, ...ofFacts];
}

function missedBlock(missed: readonly Missed[], explanations: ReadonlyMap<string, string>): string {
	if (missed.length === 0) return '## Missed targets\n\nNone.';
	const titles = [...new Set(missed.map(({ title }) => title))];
	const why = titles.map((title) => `**${title}.** ${explanations.get(title) ?? 'Nobody has found out why.'}`);
	const lines = missed.map(({ title, what, measured, target }) => [`${title}: ${what}`, measured, target]);
	return ['## Missed targets', table(['line', 'measured', 'target'], lines), ...why].join('\n\n');
}
