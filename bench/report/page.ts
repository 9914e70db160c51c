import { anchorOf, page, table } from '../../tools/pages/markdown.ts';
import { type Table, tableCells } from '../harness/comparison.ts';
import { type Facts, factCells } from '../harness/facts.ts';
import { describeMachine } from '../harness/machine.ts';
import type { Result, SectionResult } from '../harness/section.ts';

/** The folder of the pictures and of the pages of sections, beside performance.md. */
export const DETAILS = 'performance';
export const hasPicture = ({ comparisons, growth }: Table): boolean => comparisons.length > 1 || !!growth;

export const pictureName = ({ title }: Pick<Table, 'title'>): string => `${anchorOf(title)}.svg`;

/** The texts of bench/missed-targets.md by their headings, which are titles of tables. */
export function readExplanations(markdown: string): ReadonlyMap<string, string> {
	const [, ...parts] = markdown.split(/^## /m);
	return new Map(
		parts.map((part) => {
			const [title = '', ...text] = part.split('\n');
			return [title.trim(), text.join('\n').trim()];
		}),
	);
}

/** docs/reference/performance.md: every line with a target, explanations of missed targets, and links to the pages of sections. */
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

/** docs/reference/performance/lists.md and the others: all results of a section. */
export const sectionPage = ({ title, tables, facts }: SectionResult): string =>
	page([
		`# ${title}`,
		'[How to read this](../performance.md)',
		...tables.flatMap(tableBlock),
		...facts.flatMap(factsBlock),
	]);

export const sectionName = ({ title }: Pick<SectionResult, 'title'>): string => `${anchorOf(title)}.md`;

const linkToSection = (section: SectionResult): string => `[${section.title}](${DETAILS}/${sectionName(section)})`;

const HOW_TO_READ = `Times depend on the machine. The ratio is what counts: both sides take turns in the same run, and the table has the median of
all rounds and their middle half. A ratio above 1 is slower than the base, and 0.33 is three times as fast. A target is met or missed if
the whole middle half is on one side of it, and otherwise unclear. p50 and p99 are the median and the 99th percentile of all answers, of the
base first. In the pictures a bar is the ratio, the thin line its middle half, the dashed line the target.`;

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
	/** True if the median is above the target, even if the verdict is unclear. */
	readonly isOver: boolean;
}

/** The lines of a section with a target. */
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

/** Explains every missed target, and an unclear one only if bench/missed-targets.md has its title. */
function missedBlock(aimed: readonly Aimed[], explanations: ReadonlyMap<string, string>): string {
	const over = aimed.filter(
		({ title, verdict, isOver }) => verdict === 'missed' || (isOver && explanations.has(title)),
	);
	const titles = new Set(over.map(({ title }) => title));
	const why = [...titles].map((title) => `**${title}.** ${explanations.get(title) ?? 'The cause is not known.'}`);
	return ['## Why targets are missed', ...(why.length === 0 ? ['No target is missed.'] : why)].join('\n\n');
}
