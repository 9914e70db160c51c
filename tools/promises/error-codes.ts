import { ERROR_CODES } from '../../src/errors.ts';
import { FEW, type PromiseRow } from './row.ts';
import { read, testFiles } from './test-files.ts';

/** Where tests call from outside: by HTTP, as a client of GraphQL, or by the command line. The first comes first in the page. */
const OUTSIDE = [
	'test/api/http/',
	'test/api/files/',
	'test/attacks/',
	'test/firms/',
	'test/leases/',
	'test/cli/',
	'test/clients/',
];

/** How they see a code: in `extensions.code`, in a problem document, in what `--json` prints. */
const SEEN = /\bextensions\b|\bcodesOf\b|problem|\bcode: |'--json'/;

/** How often a file says the code in an assertion, or in a row of a table of cases. */
function timesIn(text: string, code: string): number {
	const statements = text.split(/;\n|\],\n|\},\n/).filter((part) => /\bexpect\b|^\s*[[{]/.test(part));
	return statements.filter((part) => RegExp(`['"\`]${code}['"\`]`).test(part)).length;
}

/** Of each folder the file that asserts the code most often. */
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
	const texts = new Map(paths.map((path) => [path, read(path)] as const).filter(([, text]) => SEEN.test(text)));
	return ERROR_CODES.map((code) => ({
		promise: `\`${code}\``,
		from: `src/errors.ts, ${code}`,
		files: filesOf(code, texts),
	}));
}
