import { escapeHiddenCharacters } from '../../access/index.ts';
import { currentIo } from '../io.ts';

/** Begins each line of a value. No label contains it. */
const MARK = '│ ';
/** Columns of the labels, if the values stand beside them. */
const LABELS = 14;
/** The least columns for a value beside its label. On a narrower terminal the value stands below the label. */
const LEAST = 24;

export type LabelledValue = readonly [string, string];

/**
 * Rows that a person decides by: a label, and its value in lines that all begin with the mark. The lines are wrapped here, because a line
 * that the terminal wraps continues where labels stand: a text padded with blanks could then look like further rows.
 */
export function markedRows(rows: readonly LabelledValue[], columns = narrowest()): string {
	const isBeside = columns >= LABELS + MARK.length + LEAST;
	const indent = isBeside ? LABELS : 0;
	const room = Math.max(2, columns - indent - MARK.length);
	return rows
		.flatMap(([label, value]) => {
			const lines = value.split(/\r\n|\n/).flatMap((line) => wrapped(escapeHiddenCharacters(line, 'LINE'), room));
			return isBeside
				? lines.map((line, index) => `${(index === 0 ? label : '').padEnd(indent)}${MARK}${line}`)
				: [label, ...lines.map((line) => `${MARK}${line}`)];
		})
		.join('\n');
}

/** Columns of the narrowest stream that the command writes to. A stream of unknown width counts as 80. */
function narrowest(): number {
	const { stdout, stderr } = currentIo();
	return Math.min(...[stdout, stderr].map(({ columns }) => columns || 80));
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** An upper bound: a character outside ASCII may take two columns. */
const widthOf = (text: string): number =>
	Array.from(text).reduce((width, each) => width + (each <= '\u{7f}' ? 1 : 2), 0);

/** Breaks the text into lines of at most `room` columns, after a blank if possible. No blank is lost. */
function wrapped(text: string, room: number): string[] {
	const lines: string[] = [];
	let [line, width] = ['', 0];
	// A grapheme wider than a line is no real letter, so it may be split.
	for (const { segment } of graphemes.segment(text))
		for (const part of widthOf(segment) > room ? Array.from(segment) : [segment]) {
			while (line !== '' && width + widthOf(part) > room) {
				const end = line.lastIndexOf(' ') + 1 || line.length;
				lines.push(line.slice(0, end));
				line = line.slice(end);
				width = widthOf(line);
			}
			line += part;
			width += widthOf(part);
		}
	return [...lines, line];
}
