import { SetupError } from '../../src/errors.ts';
import type { PromiseRow } from './row.ts';
import { read } from './test-files.ts';

const PAGE = 'SECURITY.md';
const SHOWN_BY = 'shown by';
/** The cell of an assumption, which needs no test; only in the section of assumptions. */
const ASSUMPTION = 'nothing: it is an assumption';
const ASSUMPTIONS = 'Named assumptions';
const TEST_FILE = /^test\/[\w./-]+\.test\.ts$/;

const cellsOf = (line: string): string[] =>
	line
		.split('|')
		.slice(1, -1)
		.map((cell) => cell.trim());

/** The start of a text, up to a whole word. */
function shortened(text: string): string {
	const plain = text.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1');
	return plain.length <= 150 ? plain : `${plain.slice(0, 150).replace(/[\s,;:(]+\S*$/, '')} …`;
}

/** The promise of a row, shortened. For a grid of yes and no, the names of its columns with yes. */
function promiseOf(header: readonly string[], cells: readonly string[]): string {
	const [who = '', ...rest] = cells.slice(0, -1);
	const isGrid = rest.length > 3;
	const text = isGrid
		? rest
				.flatMap((cell, at) => (cell === '-' ? [] : [`${header[at + 1]}${cell === 'yes' ? '' : ` (${cell})`}`]))
				.join(', ')
		: rest[0];
	return `**${who}**: ${isGrid ? 'knows ' : ''}${shortened(text ?? '')}`;
}

function rowOf(section: string, header: readonly string[], cells: readonly string[]): PromiseRow {
	const promise = promiseOf(header, cells);
	const from = `${PAGE}, "${section}", ${promise.replaceAll('**', '')}`;
	const shown = cells.at(-1) ?? '';
	if (shown === ASSUMPTION && section === ASSUMPTIONS) return { promise, from, files: [], without: ASSUMPTION };
	const files = shown.split(', ');
	const odd = files.filter((file) => !TEST_FILE.test(file));
	if (odd.length > 0)
		throw new SetupError(
			`${from}: "${odd.join(', ')}" is not a test file: name paths like test/x/y.test.ts, or, under "${ASSUMPTIONS}", write "${ASSUMPTION}".`,
		);
	return { promise, from, files };
}

/** The rows of the tables of the page, by section. */
export function securityTables(): ReadonlyMap<string, readonly PromiseRow[]> {
	const tables = new Map<string, PromiseRow[]>();
	let section = '';
	let header: readonly string[] | null = null;
	let who = '';
	for (const line of read(PAGE).split('\n')) {
		if (line.startsWith('## ')) section = line.slice(3);
		if (!line.startsWith('|')) header = null;
		else if (header === null) {
			header = cellsOf(line);
			if (header.at(-1) !== SHOWN_BY)
				throw new SetupError(
					`${PAGE}, "${section}": the table ${line} does not end with the column "${SHOWN_BY}": add it.`,
				);
		} else if (!line.startsWith('|---')) {
			const [first = '', ...rest] = cellsOf(line);
			who = first === 'the same' ? who : first;
			tables.set(section, [...(tables.get(section) ?? []), rowOf(section, header, [who, ...rest])]);
		}
	}
	return tables;
}
