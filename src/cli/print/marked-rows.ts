import { escapeHiddenCharacters } from '../../access/index.ts';
import { currentIo } from '../io.ts';

/** Stands in front of each line of a value, which no label has. */
const MARK = '│ ';
/** Of the labels, and below them. */
const LABELS = 14;
/** Of a value beside its label, at least; else it stands below. */
const LEAST = 24;

/** A label, and its value. */
export type LabelledValue = readonly [string, string];

/**
 * Rows that a person decides by: a label, and its value in lines that all begin with the mark. They are wrapped here, since what a terminal
 * wraps begins where a label does: then a text that is padded with blanks would look like more rows.
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

/** Of the terminals that the command writes to; of one that says nothing, what nearly each has. */
function narrowest(): number {
	const { stdout, stderr } = currentIo();
	return Math.min(...[stdout, stderr].map(({ columns }) => columns || 80));
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** At most: what is not ASCII may take two columns. */
const widthOf = (text: string): number =>
	Array.from(text).reduce((width, each) => width + (each <= '\u{7f}' ? 1 : 2), 0);

/** The text in lines of `room` columns at most, all of its blanks among them; where it can, a line ends after a blank. */
function wrapped(text: string, room: number): string[] {
	const lines: string[] = [];
	let [line, width] = ['', 0];
	// One that is wider than a line is no letter that anyone writes.
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
