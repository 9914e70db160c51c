import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../..', import.meta.url));

export const read = (path: string): string => readFileSync(join(project, path), 'utf8');

export const filesLike = (pattern: string): string[] => globSync(pattern, { cwd: project }).sort();

/** Every test file of the tiers: those against a real account are in neither. */
export const testFiles = (): string[] =>
	filesLike('test/**/*.test.ts').filter((path) => !/^test\/(?:house|aws-live)\//.test(path));

/** What a test takes by name from a file beside it: cases that are kept apart, suites that several run. */
function takenFromBeside(path: string, text: string): string[] {
	const imports = text.matchAll(/^import \{([^}]*)\} from '\.\/([\w-]+\.ts)';$/gm);
	return [...imports].flatMap(([, names = '', file = '']) => {
		const exported = read(join(dirname(path), file)).split(/^(?=export )/m);
		const isTaken = (part: string) =>
			names.split(',').some((name) => RegExp(`^export (?:const|function) ${name.trim()}\\b`).test(part));
		return exported.filter(isTaken);
	});
}

/** The text of a test with that. */
export function textOf(path: string): string {
	const text = read(path);
	return [text, ...takenFromBeside(path, text)].join('\n');
}

export const hasTests = (path: string): boolean => /\b(?:it|test)\w*(?:[.(]|\s*\()/.test(textOf(path));
