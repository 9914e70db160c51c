import { anchorOf, page, table } from '../../tools/pages/markdown.ts';
import { type Table, tableCells } from '../comparison.ts';
import { type Facts, factCells } from '../facts.ts';
import { describeMachine } from '../machine.ts';
import type { Result } from './result.ts';

/** Where pictures and the pages of sections are, from the page of all. */
export const DETAILS = 'performance';
/** A table of one line has no picture. */
const FEWEST = 2;

type SectionResult = Result['sections'][number];

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

/** docs/reference/performance.md: every line that has a target, why some are missed, and where the rest is. */
export function performancePage(result: Result, explanations: ReadonlyMap<string, string>): string {
	const { at, machine, peers, seconds, quick, sections } = result;
	const beside = Object.entries(peers ?? {}).map(([name, version]) => `${name} ${version}`);
	const aimed = sections.flatMap(aimedAt);
	return page([
		'# Performance',
		'*Reference. For anyone who asks what encryption costs.*',
		`Written by \`npm run bench\` on ${at.slice(0, 10)}, which took ${Math.round(seconds / 60)} minutes${quick ? ', for a first look only (`--quick`)' : ''}. [bench](../../bench/README.md) says what each line is.`,
		`${describeMachine(machine)}. Beside: ${beside.join(', ')}.`,
		HOW_TO_READ,
		`All lines, with pictures: ${sections.map(linkToSection).join(', ')}.`,
		'## What it costs',
		table(
			['', 'line', 'measured', 'target', ''],
			aimed.map(({ section, title, what, measured, target, verdict }) => [
				linkToSection(section),
				`${title}: ${what}`,
				measured,
				target,
				verdict,
			]),
		),
		missedBlock(aimed, explanations),
	]);
}

/** docs/reference/performance/lists.md and the like: all that a section has measured. */
export const sectionPage = ({ title, tables, facts }: SectionResult): string =>
	page([
		`# ${title}`,
		'[How to read this](../performance.md)',
		...tables.flatMap(tableBlock),
		...facts.flatMap(factsBlock),
	]);

export const sectionName = ({ title }: Pick<SectionResult, 'title'>): string => `${anchorOf(title)}.md`;

const linkToSection = (section: SectionResult): string => `[${section.title}](${DETAILS}/${sectionName(section)})`;

const HOW_TO_READ = `Times move with the machine; what counts is the ratio, of times that were taken in turns in the same run: the median of all
rounds and their middle half. Over 1 is slower than what it is compared with, 0.33 is three times as fast. A target is met or missed when
the whole middle half is on one side of it, else it is unclear. p50 and p99 are the times of half of all answers and of 99 in a hundred, first
of what is compared with. In the pictures a bar is the ratio, the thin line its middle half, the broken line the target.`;

const tableBlock = (each: Table): string[] => {
	const [head = [], ...lines] = tableCells(each);
	const picture = hasPicture(each) ? [`![${each.title}](${pictureName(each)})`] : [];
	return [`## ${each.title}`, table(head, lines), ...picture];
};

const factsBlock = (facts: Facts): string[] => [
	`## ${facts.title}`,
	table(['', 'measured', 'target', ''], factCells(facts)),
];

interface Aimed {
	readonly section: SectionResult;
	readonly title: string;
	readonly what: string;
	readonly measured: string;
	readonly target: string;
	readonly verdict: string;
	/** At the median; then it may still be unclear. */
	readonly isOver: boolean;
}

/** Lines of a section that have a target. */
function aimedAt(section: SectionResult): Aimed[] {
	const ofTables = section.tables.flatMap((each) => {
		const [, ...lines] = tableCells(each);
		return each.comparisons.map(({ what, ratio, target }, index) => {
			const [, , , measured = '', , aimed = '', verdict = ''] = lines[index] ?? [];
			return { title: each.title, what, measured, target: aimed, verdict, isOver: ratio.median > (target ?? Infinity) };
		});
	});
	const ofFacts = section.facts.flatMap((each) =>
		factCells(each).map(([what = '', measured = '', target = '', verdict = '']) => {
			return { title: each.title, what, measured, target, verdict, isOver: verdict === 'missed' };
		}),
	);
	return [...ofTables, ...ofFacts].filter(({ verdict }) => verdict).map((line) => ({ section, ...line }));
}

/** Of what is unclear only where somebody has found out. */
function missedBlock(aimed: readonly Aimed[], explanations: ReadonlyMap<string, string>): string {
	const over = aimed.filter(
		({ title, verdict, isOver }) => verdict === 'missed' || (isOver && explanations.has(title)),
	);
	const titles = new Set(over.map(({ title }) => title));
	const why = [...titles].map((title) => `**${title}.** ${explanations.get(title) ?? 'Nobody has found out why.'}`);
	return ['## Why targets are missed', ...(why.length === 0 ? ['None is.'] : why)].join('\n\n');
}
