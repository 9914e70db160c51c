/** A Markdown table, without empty columns; an empty string without rows. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
	const shown = columns.map((_, index) => index).filter((index) => rows.some((row) => row[index]));
	if (shown.length === 0) return '';
	const line = (cells: readonly string[]) => `| ${shown.map((index) => cell(cells[index] ?? '')).join(' | ')} |`;
	return [line(columns), `|${shown.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

// A pipe ends a cell, even inside a code span, and a line break ends the table.
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim();

/** The anchor of a heading, as GitHub makes it: lower case, hyphens for spaces, no signs except - and _. */
export const anchorOf = (heading: string): string =>
	heading
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
		.replaceAll(' ', '-');

/** A link to a heading of the same page. */
export const linkTo = (heading: string, text = heading): string => `[${text}](#${anchorOf(heading)})`;

/** The blocks that are not empty, with an empty line between them. */
export const page = (blocks: readonly (string | false | undefined)[]): string =>
	`${blocks.flatMap((block) => (block ? [block.trimEnd()] : [])).join('\n\n')}\n`;
