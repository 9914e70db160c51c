import { expect, it } from 'vitest';
import type { Section } from '../../bench/harness/section.ts';
import { readOptions } from '../../bench/options.ts';

const section = (name: string): Section => ({
	name,
	title: name,
	steps: () => 0,
	measure: async () => ({ tables: [], facts: [] }),
});
const read = (...args: string[]) => readOptions(args, [section('fields'), section('lists')], section('soak'));

it('only a complete run writes the documents, unless another folder is given', () => {
	expect(read().docs).toMatch(/docs\/reference$/);
	expect(read('--quick').docs).toBeNull();
	expect(read('--only', 'lists').docs).toBeNull();
	expect(read('--soak').docs).toBeNull();
	expect(read('--quick', '--docs', 'elsewhere').docs).toBe('elsewhere');
});

it('runs everything by default', () => {
	expect(read().sections.map(({ name }) => name)).toEqual(['fields', 'lists']);
	expect(read('--only', 'lists').sections.map(({ name }) => name)).toEqual(['lists']);
	expect(read('--json', 'file').json).toBe('file');
	expect(read('--soak').sections.map(({ name }) => name)).toEqual(['soak']);
});

it.each([
	[['--only', 'list'], 'There is no section "list"; there are fields, lists.'],
	[['--soak', '--only', 'lists'], '--soak runs alone: leave out --only and --guard.'],
	[['--fast'], /Unknown option '--fast'/],
	[['more'], /Unexpected argument 'more'/],
] as const)('refuses %j', (args, why) => {
	expect(() => read(...args)).toThrow(why);
});
