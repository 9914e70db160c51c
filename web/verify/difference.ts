import { linesOf } from '../../src/audit/verify/log.ts';
import { actionInWords } from '../kit/text/actions-in-words.ts';
import { objectOf, parseEntry } from './log-entry.ts';
import { chunksOf } from './read-file.ts';

/** The first line in which a copy differs from the one that verifies, and what that shows. */
export interface Difference {
	readonly line: number;
	readonly kind: 'REMOVED' | 'ADDED' | 'MOVED' | 'CHANGED';
	/** How many lines were removed or added, or how far the entry was moved; null for all that follow. */
	readonly count: number | null;
	/** What was signed. */
	readonly signed: string;
	/** What the copy has instead; null if it ends. */
	readonly found: string | null;
}

type Lines = AsyncIterator<string>;

/** How far is read on to find where the two copies meet again. */
const AHEAD = 1_000;

/** @returns null if one copy is the beginning of the other. */
export async function firstDifference(right: File, wrong: File): Promise<Difference | null> {
	const [ofRight, ofWrong] = [readerOf(right), readerOf(wrong)];
	try {
		const [header, otherHeader] = [await next(ofRight), await next(ofWrong)];
		for (let line = 2; ; line++) {
			const [signed, found] = [await next(ofRight), await next(ofWrong)];
			if (signed === null) return null;
			// Both promise as many entries, so those that follow are missing, and it is no older copy.
			if (found === null) return header === otherHeader ? { line, kind: 'REMOVED', count: null, signed, found } : null;
			if (signed !== found) return await classify(line, [signed, found], [ofRight, ofWrong]);
		}
	} catch {
		// A line that can't be read is reported by its verification.
		return null;
	} finally {
		await ofRight.return?.();
		await ofWrong.return?.();
	}
}

async function classify(
	line: number,
	[signed, found]: readonly [string, string],
	[ofRight, ofWrong]: readonly [Lines, Lines],
): Promise<Difference> {
	const removed = await distance(ofRight, found);
	const added = await distance(ofWrong, signed);
	const kind = removed === null ? (added === null ? 'CHANGED' : 'ADDED') : added === null ? 'REMOVED' : 'MOVED';
	return { line, kind, count: kind === 'REMOVED' ? removed : added, signed, found };
}

/** How many lines further a line is; null if it is not near. */
async function distance(lines: Lines, sought: string): Promise<number | null> {
	for (let count = 1; count <= AHEAD; count++) {
		// A line that can't be read is not the one that is sought.
		const line = await next(lines).catch(() => null);
		if (line === null) return null;
		if (line === sought) return count;
	}
	return null;
}

const readerOf = (file: File): Lines => linesOf(chunksOf(file, () => {}))[Symbol.asyncIterator]();

/** The next header or entry; null at the signed end. */
async function next(lines: Lines): Promise<string | null> {
	const { done, value } = await lines.next();
	return done || value.startsWith('{"checkpoint":') ? null : value;
}

/** What is wrong, in one sentence. */
export function whyOf({ line, kind, count }: Difference, right: string): string {
	const [first, last] = [counted(line), counted(line + (count ?? 1) - 1)];
	const sound = `${JSON.stringify(right)}, which verifies`;
	if (kind === 'REMOVED') {
		if (count === null) return `The entries from line ${first} on of ${sound}, are missing here.`;
		return count === 1
			? `The entry of line ${first} of ${sound}, is missing here.`
			: `The entries of lines ${first} to ${last} of ${sound}, are missing here.`;
	}
	if (kind === 'ADDED')
		return count === 1
			? `Line ${first} is no entry of ${sound}: it was added.`
			: `Lines ${first} to ${last} are no entries of ${sound}: they were added.`;
	return `Line ${first} differs from line ${first} of ${sound}.`;
}

/** What was done to the entry, for a reader who opens neither file. */
export function changeInWords({ line, kind, count, signed, found }: Difference): string {
	if (kind === 'REMOVED') return `${count === 1 ? 'It' : 'The first'} says: ${inWords(signed)}. ${MORE}`;
	if (kind === 'ADDED') return `${count === 1 ? 'It' : 'The first'} says: ${inWords(found ?? '')}. ${MORE}`;
	if (kind === 'MOVED')
		return `The entry that was signed at this place is in line ${counted(line + (count ?? 0))}: entries were moved. ${MORE}`;
	const changes = changesOf(signed, found ?? '');
	return `What was signed says: ${inWords(signed)}.${changes === '' ? '' : ` Changed: ${changes}.`} ${MORE}`;
}

const MORE = 'This is the first difference; there may be more.';

/** The file may come from an attacker, so a text is shown only if every character is plain, and cut if it is long. */
const PLAIN = /^[\x20-\x7e]*$/;
const MOST = 160;
const shown = (text: string): string =>
	PLAIN.test(text) ? (text.length > MOST ? `${text.slice(0, MOST)}…` : text) : 'a text that cannot be shown';

function inWords(leaf: string): string {
	const entry = PLAIN.test(leaf) ? parseEntry(leaf, 0) : null;
	if (entry === null) return shown(leaf);
	const { at, action, person, roles, lease, coordinates, records } = entry;
	const words = actionInWords(action);
	return [
		`${at}, ${words}${words === action ? '' : ` (${action})`}`,
		...(person === null ? [] : [`by ${[...roles, person].join(' ')}`]),
		...(coordinates.length === 0 ? [] : [coordinates.join(', ')]),
		...(records === 0 ? [] : [records === 1 ? '1 record' : `${counted(records)} records`]),
		...(lease === null ? [] : [`under the lease ${lease}`]),
	]
		.map(shown)
		.join('; ');
}

const MOST_CHANGES = 4;

/** Such as: decision was "ALLOWED", is "DENIED". Nothing of lines that are no objects, or so deeply nested that they can't be written again. */
function changesOf(signed: string, found: string): string {
	const [before, after] = [signed, found].map((line) => objectOf(() => JSON.parse(line)));
	try {
		return before && after ? changesBetween(before, after) : '';
	} catch {
		return '';
	}
}

type Values = Readonly<Record<string, unknown>>;

function changesBetween(before: Values, after: Values): string {
	const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
	const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
	const rest = changed.length - MOST_CHANGES;
	return [
		...changed
			.slice(0, MOST_CHANGES)
			.map((name) => `${shown(name)} was ${shownValue(before[name])}, is ${shownValue(after[name])}`),
		...(rest > 0 ? [`and ${counted(rest)} more`] : []),
	].join('; ');
}

const shownValue = (value: unknown): string => (value === undefined ? 'not there' : shown(JSON.stringify(value)));

const counted = (count: number): string => count.toLocaleString('en');
