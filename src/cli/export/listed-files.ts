import { stat } from 'node:fs/promises';
import { isObject } from '../call/index.ts';
import { linesOf } from './line-file.ts';

/** What a manifest says of a file. */
export interface Listed {
	readonly bytes: number;
	readonly sha256: string;
}

/** Bytes of a line of a manifest: some hundreds where an export has written it. */
const LONGEST = 64 * 1024;

const FAILURES = '\t"failures": [\n';
/** What is behind the list of files, without the lines of failures. */
const ENDS = ['\t"failures": []\n}\n', `${FAILURES}\t]\n}\n`];

/** A line before the list of files, without its comma: each has one value. */
const HEAD =
	/^(?:\{|\t\}|(?:\t"(?:format|version|firm|begun|ended|runs|isSnapshot|note|counts)"|\t\t"(?:id|slug|name|[A-Z]\w*)"): (?:"(?:[^"\\]|\\.)*"|\d+|true|false|\{\}?))$/s;

/**
 * The files that a manifest lists, by name; null: it has another form than an export writes, or something more. Read as it is written, one
 * file a line: there may be a million. @throws what keeps it from being read
 */
export async function listedIn(manifest: string): Promise<ReadonlyMap<string, Listed> | null> {
	const files = new Map<string, Listed>();
	let isInList = false;
	let rest: string | null = null;
	let size = 0;
	for await (const { text, end } of linesOf(manifest, { longest: LONGEST })) {
		size = end;
		const element = text.replace(/,$/, '');
		if (rest !== null) {
			const more: string = rest === FAILURES && isFailure(element) ? rest : `${rest}${text}\n`;
			if (!ENDS.some((one) => one.startsWith(more))) return null;
			rest = more;
		} else if (!isInList) {
			isInList = text === '\t"files": [';
			if (!isInList && !HEAD.test(element)) return null;
		} else if (text === '\t],') rest = '';
		else {
			const file = parse(element);
			if (file === null) return null;
			files.set(file.name, { bytes: file.bytes, sha256: file.sha256 });
		}
	}
	return rest !== null && ENDS.includes(rest) && (await stat(manifest)).size === size ? files : null;
}

function parse(text: string): (Listed & { readonly name: string }) | null {
	const { name, bytes, sha256 } = objectIn(text);
	return typeof name === 'string' && typeof bytes === 'number' && typeof sha256 === 'string'
		? { name, bytes, sha256 }
		: null;
}

function isFailure(text: string): boolean {
	const { coordinate, recordId, code } = objectIn(text);
	return [coordinate, recordId, code].every((value) => typeof value === 'string');
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
	try {
		const value: unknown = JSON.parse(text);
		return isObject(value) ? value : {};
	} catch {
		return {};
	}
}
