import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Lines of the workspace's sources that have a word, apart from comments and names of files. */
const linesWith = (word: RegExp, folder: string): string[] =>
	globSync(`web/workspace/${folder}/**/*.{ts,tsx}`).flatMap((path) =>
		readFileSync(path, 'utf8')
			.replaceAll(/\/\*[\s\S]*?\*\/|^import .*$|\/\/ .*$/gm, '')
			.split('\n')
			.filter((line) => word.test(line))
			.map((line) => `${path}: ${line.trim()}`),
	);

describe('the words on the screens', () => {
	it('name one thing by one word', () => {
		expect(linesWith(/\bthreads?\b/, 'screens/threads').length).toBeGreaterThan(10);
		expect(linesWith(/\bconversations?\b/, '.')).toEqual([]);
	});

	it.each(['screens/settings', 'jobs'])('say to a lawyer what keys are for: %s', (folder) => {
		expect(linesWith(/\bkeys?\b/i, folder)).not.toEqual([]);
		expect(linesWith(/\bseal(s|ed)?\b|\bdata keys?\b|\bplaintext\b|\bproofs of\b/i, folder)).toEqual([]);
	});
});
