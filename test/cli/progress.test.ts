import { stripVTControlCharacters } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { showBytes } from '../../src/cli/files/byte-progress.ts';
import { showProgress } from '../../src/cli/print/progress.ts';

const MIB = 2 ** 20;
const CLEAR_LINE = '\u001b[2K';

afterEach(() => {
	vi.restoreAllMocks();
});

/** A standard error that says whether it is a terminal and records its output. */
function standardError(isTTY: boolean): { text(): string } {
	let text = '';
	const before = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY');
	Object.defineProperty(process.stderr, 'isTTY', { value: isTTY, configurable: true });
	vi.spyOn(process.stderr, 'write').mockImplementation((piece) => {
		text += piece.toString();
		return true;
	});
	return {
		text() {
			if (before) Object.defineProperty(process.stderr, 'isTTY', before);
			else Reflect.deleteProperty(process.stderr, 'isTTY');
			return text;
		},
	};
}

const countTimers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

describe('bytes on a terminal', () => {
	it('are a bar with its title, which is removed at the end', () => {
		const listeners = process.listenerCount('SIGINT');
		const timers = countTimers();
		const error = standardError(true);
		const progress = showBytes('deed.pdf');
		progress.reach(0, 8 * MIB);
		progress.reach(4 * MIB, 8 * MIB);
		progress.reach(8 * MIB, 8 * MIB);
		progress.end();
		const text = error.text();
		const shown = stripVTControlCharacters(text).split('\r').join('');
		expect(shown).toMatch(/^(deed\.pdf [\u2588\u2591=-]+ \d+% of 8\.0 MiB, \w+ left\s*)+$/u);
		expect(shown).toContain(' 0% of 8.0 MiB');
		expect(shown).toContain(' 100% of 8.0 MiB');
		expect(text.endsWith(CLEAR_LINE)).toBe(true);
		expect([process.listenerCount('SIGINT'), countTimers()]).toEqual([listeners, timers]);
	});

	it('make room for a message, and continue below it', () => {
		const error = standardError(true);
		const progress = showBytes('deed.pdf');
		progress.reach(MIB, 4 * MIB);
		progress.say('The connection was lost: going on.');
		progress.reach(2 * MIB, 4 * MIB);
		progress.end();
		const text = error.text();
		expect(text).toContain(`${CLEAR_LINE}The connection was lost: going on.\n`);
		expect(stripVTControlCharacters(text.slice(text.indexOf('going on.')))).toContain('50% of 4.0 MiB');
	});

	it('are not shown without a known total', () => {
		const error = standardError(true);
		const progress = showBytes('Standard input');
		progress.reach(600 * MIB, null);
		progress.reach(0, 0);
		progress.end();
		progress.end();
		expect(error.text()).toBe('');
	});

	it('show a title unchanged, even if it looks like a format placeholder', () => {
		const error = standardError(true);
		const progress = showBytes('{percentage} {bar} {size}.pdf');
		progress.reach(1, 4);
		progress.end();
		expect(stripVTControlCharacters(error.text())).toContain('{percentage} {bar} {size}.pdf ');
	});
});

describe('bytes without a terminal', () => {
	it('are one line per tenth, and one per 256 MiB without a known total', () => {
		const error = standardError(false);
		const known = showBytes('deed.pdf');
		for (let done = 0; done <= 100; done++) known.reach(done * MIB, 100 * MIB);
		known.say('That was all.');
		known.end();
		const unknown = showBytes('Standard input');
		for (let done = 0; done <= 600; done++) unknown.reach(done * MIB, null);
		unknown.end();
		expect(error.text().split('\n')).toEqual([
			...Array.from({ length: 10 }, (_, tenth) => `deed.pdf: ${tenth + 1}0.0 MiB of 100.0 MiB`),
			'That was all.',
			'Standard input: 256.0 MiB',
			'Standard input: 512.0 MiB',
			'',
		]);
	});
});

describe('steps', () => {
	it('on a terminal are a bar, which is removed at the end', () => {
		const timers = countTimers();
		const error = standardError(true);
		const progress = showProgress('Writing', 3);
		for (let step = 0; step < 3; step++) progress.step();
		progress.end();
		const text = error.text();
		expect(stripVTControlCharacters(text).split('\r').join('')).toMatch(/^(Writing \S+ [0-3]\/3\s*)+$/u);
		expect(stripVTControlCharacters(text)).toContain(' 3/3');
		expect(text.endsWith(CLEAR_LINE)).toBe(true);
		expect(countTimers()).toBe(timers);
	});

	it('without a terminal are one line per tenth', () => {
		const error = standardError(false);
		const progress = showProgress('Writing', 20);
		for (let step = 0; step < 20; step++) progress.step();
		progress.end();
		expect(error.text().split('\n')).toEqual([
			...Array.from({ length: 10 }, (_, tenth) => `Writing: ${(tenth + 1) * 2}/20`),
			'',
		]);
	});

	it('of an empty task are not shown', () => {
		const error = standardError(true);
		showProgress('Writing', 0).end();
		expect(error.text()).toBe('');
	});
});
