import { ERROR_CODES } from '../../src/errors.ts';
import { FEW, type PromiseRow } from './row.ts';
import { read, testFiles, textOf } from './test-files.ts';

/** Folders of tests that call over HTTP, as a GraphQL client or by the command line, in the order of the page. */
const OUTSIDE = [
	'test/api/http/',
	'test/api/files/',
	'test/attacks/',
	'test/firms/',
	'test/leases/',
	'test/cli/',
	'test/clients/',
];

/** Where a caller sees a code: in `extensions.code`, in a problem document, in the output of `--json`. */
const SEEN = /\bextensions\b|\bcodesOf\b|problem|\bjson\.code\b|\bcode: |'--json'/;

/** How often a file has the code in an assertion, or in a row of a table of cases. */
function timesIn(text: string, code: string): number {
	const statements = text.split(/;\n|\],\n|\},\n/).filter((part) => /\bexpect\b|^\s*[[{]/.test(part));
	return statements.filter((part) => RegExp(`['"\`]${code}['"\`]`).test(part)).length;
}

/** In each folder, the file that asserts the code most often. */
function filesOf(code: string, texts: ReadonlyMap<string, string>): string[] {
	return OUTSIDE.flatMap((folder) => {
		const counted = [...texts]
			.filter(([path]) => path.startsWith(folder))
			.map(([path, text]) => ({ path, times: timesIn(text, code) }))
			.filter(({ times }) => times > 0);
		return counted
			.sort((a, b) => b.times - a.times)
			.slice(0, 1)
			.map(({ path }) => path);
	}).slice(0, FEW);
}

export function errorCodes(): readonly PromiseRow[] {
	const paths = testFiles().filter((path) => OUTSIDE.some((folder) => path.startsWith(folder)));
	const texts = new Map(paths.filter((path) => SEEN.test(textOf(path))).map((path) => [path, read(path)]));
	return ERROR_CODES.map((code) => ({
		promise: `\`${code}\``,
		from: `src/errors.ts, ${code}`,
		files: filesOf(code, texts),
	}));
}
