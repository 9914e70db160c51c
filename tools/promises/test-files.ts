import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../..', import.meta.url));

export const read = (path: string): string => readFileSync(join(project, path), 'utf8');

export const filesLike = (pattern: string): string[] => globSync(pattern, { cwd: project }).sort();

/** The test files of both tiers, without those that need an AWS account. */
export const testFiles = (): string[] =>
	filesLike('test/**/*.test.ts').filter((path) => !/^test\/(?:house|aws-live)\//.test(path));

/** The exports that a test imports from a file beside it, such as cases, or suites that several tests run. */
function takenFromBeside(path: string, text: string): string[] {
	const imports = text.matchAll(/^import \{([^}]*)\} from '\.\/([\w-]+\.ts)';$/gm);
	return [...imports].flatMap(([, names = '', file = '']) => {
		const exported = read(join(dirname(path), file)).split(/^(?=export )/m);
		const isTaken = (part: string) =>
			names.split(',').some((name) => RegExp(`^export (?:const|function) ${name.trim()}\\b`).test(part));
		return exported.filter(isTaken);
	});
}

/** The text of a test, with the exports that it imports from beside it. */
export function textOf(path: string): string {
	const text = read(path);
	return [text, ...takenFromBeside(path, text)].join('\n');
}

export const hasTests = (path: string): boolean => /\b(?:it|test)\w*(?:[.(]|\s*\()/.test(textOf(path));
