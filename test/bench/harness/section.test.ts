import { describe, expect, it } from 'vitest';
import type { BenchInstallation } from '../../../bench/data/installation.ts';
import { chooseSections, measureSections, type Section } from '../../../bench/harness/section.ts';

const title = (name: string) => ({ title: name, facts: [] });

function section(name: string): Section {
	return { name, title: name, steps: () => 1, measure: async () => ({ tables: [], facts: [title(name)] }) };
}

const sections = ['fields', 'lists', 'files'].map(section);

describe('the chosen sections', () => {
	const names = (only: string | undefined) => chooseSections(sections, only).map(({ name }) => name);

	it('are all sections, or the named ones, in the order in which they run', () => {
		expect(names(undefined)).toEqual(['fields', 'lists', 'files']);
		expect(names('files, fields')).toEqual(['fields', 'files']);
	});

	it.each(['list', '', 'fields,'])('are refused if one does not exist: %j', (only) => {
		expect(() => names(only)).toThrow(/^There is no section ".*"; there are fields, lists, files\.$/);
	});
});

describe('running sections', () => {
	const scale = {} as never;

	it('gives each its own installation, closes it even if the section fails, and leaves out sections that need what is not installed', async () => {
		const events: string[] = [];
		let made = 0;
		const around = {
			async makeInstallation() {
				const number = ++made;
				events.push(`made ${number}`);
				const close = async () => void events.push(`closed ${number}`);
				return { close } as Partial<BenchInstallation> as BenchInstallation;
			},
			leaveOut: (name: string, missing: string) => void events.push(`left out ${name}: ${missing}`),
			showProgress: (name: string) => ({ step: () => {}, end: () => void events.push(`end ${name}`) }),
		};
		const failing: Section = { ...section('bad'), measure: () => Promise.reject(new Error('wrong')) };
		const signal = new AbortController().signal;
		const run = (given: readonly Section[]) => measureSections(given, { peers: null, scale, signal }, around);

		const done = await run([section('a'), section('b')]);
		expect(done.map(({ section: name, facts }) => [name, facts])).toEqual([
			['a', [title('a')]],
			['b', [title('b')]],
		]);
		await expect(run([failing, section('c')])).rejects.toThrow('wrong');
		expect(await run([{ ...section('asking'), needsPeers: true }])).toEqual([]);
		expect(await run([{ ...section('looking'), program: '/nonexistent/browser' }])).toEqual([]);
		expect(events).toEqual([
			...['a', 'b', 'bad'].flatMap((name, at) => [`made ${at + 1}`, `end ${name}`, `closed ${at + 1}`]),
			'left out asking: autocannon',
			'left out looking: /nonexistent/browser',
		]);
	});

	it('runs no further section after an interruption', async () => {
		const around = {
			makeInstallation: () => Promise.reject(new Error('made')),
			leaveOut: () => {},
			showProgress: () => null as never,
		};
		const signal = AbortSignal.abort(new Error('interrupted'));
		await expect(measureSections(sections, { peers: null, scale, signal }, around)).rejects.toThrow('interrupted');
	});
});
