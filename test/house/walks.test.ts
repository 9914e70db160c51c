import { expect, it } from 'vitest';
import { files, read } from './tree.ts';

/** Each walk of CONTRIBUTING.md, with its maximum numbers of files and returns. */
const WALKS = [
	['From a token to a released value', 20, 4],
	['From a title to ciphertext', 18, 4],
	['From a lease header to the budget', 12, 4],
] as const;

/** A step: a file below src/ or drizzle/, and the names that it must contain. */
const STEP = /^(\d+|↩)\. `([\w./-]+)`: (.*)$/gm;

function stepsOf(heading: string) {
	const [, section = ''] = read('CONTRIBUTING.md').split(`### ${heading}\n`);
	const [text = ''] = section.split(/^#/m);
	return [...text.matchAll(STEP)].map(([, number = '', file = '', rest = '']) => {
		const [names = ''] = rest.split(':');
		return { number, file, names: [...names.matchAll(/`([\w.]+)`/g)].map(([, name = '']) => name) };
	});
}

it.each(WALKS)('%s: at most %i files, and %i returns', (heading, mostFiles, mostReturns) => {
	const steps = stepsOf(heading);
	const forward = steps.filter(({ number }) => number !== '↩');
	expect(forward.map(({ number }) => number)).toEqual(forward.map((_, index) => String(index + 1)));
	expect(new Set(forward.map(({ file }) => file)).size).toBe(forward.length);
	expect(forward.length).toBeGreaterThan(8);
	expect(forward.length).toBeLessThanOrEqual(mostFiles);
	const returns = steps.filter(({ number }) => number === '↩');
	expect(returns.length).toBeLessThanOrEqual(mostReturns);
	for (const { file } of returns) expect(forward.map((step) => step.file)).toContain(file);
});

it.each(WALKS)('%s: each file exists and contains what the walk names', (heading) => {
	const known = new Set(files());
	for (const { file, names } of stepsOf(heading)) {
		const path = file.startsWith('drizzle/') ? file : `src/${file}`;
		expect([path, known.has(path)]).toEqual([path, true]);
		expect(names.length).toBeGreaterThan(0);
		const text = read(path);
		for (const name of names) expect([path, name, RegExp(`\\b${name}\\b`).test(text)]).toEqual([path, name, true]);
	}
});
