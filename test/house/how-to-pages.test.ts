import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/api/index.ts';
import { ALERT_RULES, THRESHOLDS } from '../../src/audit/index.ts';
import { files, read } from './tree.ts';

/** The pages for people who run an installation. */
const PAGES = [...files('docs/how-to'), 'docs/reference/quotas-and-cost.md'];
const page = PAGES.map(read).join('\n');
const source = files('src')
	.filter((path) => path.endsWith('.ts'))
	.map(read)
	.join('\n');
const spans = [...page.replaceAll(/^```.*?^```/gms, '').matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);

const blocksOf = (text: string) => [...text.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(([, block = '']) => block);

describe('docs/how-to', () => {
	it('names only existing metrics, and all of Firmseal’s', async () => {
		const { text } = await createMetrics().render();
		const ours = [...text.matchAll(/^# TYPE (firmseal_\w+) /gm)].map(([, name]) => name);
		expect([...new Set(read('docs/how-to/monitor.md').match(/\bfirmseal_[a-z_]+\b/g))].sort()).toEqual(
			[...ours].sort(),
		);
	});

	it('quotes log lines exactly as the program writes them', () => {
		const lines = spans.filter((span) => /^(the|a|an|audit|refusals|stored|deciding|working)( |$)/.test(span));
		expect(lines.length).toBeGreaterThan(10);
		expect(lines.filter((line) => !source.includes(line))).toEqual([]);
	});

	it('names existing commands and settings', () => {
		const commands = files('src/cli/commands').map((path) => path.replace(/^.*\/(.*)\.ts$/, '$1'));
		const named = spans.flatMap((span) => /^(?:npx )?firmseal ([a-z]+)/.exec(span)?.[1] ?? []);
		expect([...new Set(named)].filter((name) => !commands.includes(name))).toEqual([]);
		const settings = new Set(page.match(/\bFIRMSEAL_(?!SQL\b)[A-Z_]+\b/g));
		expect([...settings].filter((name) => !read('src/config/settings.ts').includes(`${name}:`))).toEqual([]);
	});

	it('puts, like every other page, no password and no file content into the arguments of a command', () => {
		const pages = files().filter((path) => path.endsWith('.md'));
		const blocks = pages.flatMap((path) => blocksOf(read(path)));
		expect(blocks.length).toBeGreaterThan(20);
		const commands = blocks.flatMap((block) => block.replaceAll('\\\n', ' ').split('\n'));
		// Variables that are exported, or set before a command, are no arguments.
		const words = commands.map((line) => line.replace(/^\s*(?:export +)?(?:\w+=(?:"[^"]*"|'[^']*'|\S*) *)*/, ''));
		const secrets = /DATABASE_URL|PASSWORD|:\/\/[^\s/]*:[^\s/]*@|\$\{?SERVER/;
		expect(words.filter((line) => secrets.test(line))).toEqual([]);
		const texts = pages.flatMap((path) => read(path).match(/(?<!")\$\((?:cat|curl)\b[^)\n]*\)/g) ?? []);
		expect(texts).toEqual([]);
	});

	it('copies a database into files that only their owner can read', () => {
		const copying = blocksOf(page).filter((block) => /^ *pg_(?:dump|basebackup)/m.test(block));
		expect(copying.length).toBe(2);
		for (const block of copying) expect(block).toMatch(/^umask 077\b[\s\S]*^pg_(?:dump|basebackup)/m);
	});

	it.each([
		['10 tries in a row', 'src/keys/resilient-calls.ts', 'AWAY_AFTER = 10;'],
		['once in 2 s', 'src/keys/resilient-calls.ts', 'REST = 2_000;'],
		['after 4 s', 'src/keys/resilient-keyring.ts', 'firm: 4_000,'],
		['own key: 60 s', 'src/keys/own-key-watch.ts', 'OWN_KEY_CACHE_SECONDS = 60;'],
		['a look each 15 s', 'src/keys/own-key-watch.ts', 'LOOK_EVERY = 15_000;'],
		['once a minute', 'src/leases/broker/run-broker.ts', 'SWEEP_INTERVAL_MS = 60_000;'],
		['after 2^31 values', 'src/keys/data-keys.ts', 'MAX_SEALED_VALUES = 2 ** 31;'],
		['10,000 at most in each plane', 'src/content/content-from-keyring.ts', '10_000'],
	])('says "%s", as the program has it', (words, path, code) => {
		expect(page).toContain(words);
		expect(read(path)).toContain(code);
	});

	it('lists every alert rule and every threshold with its values, and no others', () => {
		const rows = read('docs/how-to/monitor.md')
			.split('\n')
			.map((line) => line.split('|').map((cell) => cell.trim()));
		const rules = rows.filter(([, , severity]) => severity === 'ALERT' || severity === 'PAGE');
		expect(rules.map(([, ...cells]) => cells.slice(0, 3))).toEqual(
			Object.entries(ALERT_RULES).map(([name, { severity, says }]) => [name, severity, says]),
		);
		const listed = rows.filter(([, , usual]) => /^\d+$/.test(usual ?? ''));
		expect(listed.map(([, ...cells]) => cells.slice(0, 3))).toEqual(
			Object.entries(THRESHOLDS).map(([name, { usual, says }]) => [`\`${name}\``, String(usual), says]),
		);
		const named = rules.map(([, , , , when]) => when).join();
		expect(Object.keys(THRESHOLDS).filter((name) => !named.includes(`\`${name}\``))).toEqual([]);
	});

	describe('the cost', () => {
		const HOURS = 176;
		const MONTH = 730;
		const usd = (calls: number, hours: number) => ((calls * hours * 0.03) / 10_000).toFixed(2);
		const busy = (n: number, c: number, seconds: number) => (n * (c + 1) * 3600) / seconds;

		it.each([
			['the broker', 2 * 60, MONTH],
			['two processes, two classes', busy(2, 2, 300), HOURS],
			['four processes, four classes ', busy(4, 4, 300), HOURS],
			['four processes, four classes, own key', busy(4, 4, 60) + 4 * 2 * 240, HOURS],
			['without a cache', 10_000 * 3, HOURS],
		])('of %s follows the formula', (what, calls, hours) => {
			const row = page.split('\n').find((line) => line.startsWith(`| ${what}`)) ?? '';
			const [, , shownCalls, cost] = row.split('|').map((cell) => cell.trim());
			expect([shownCalls, cost]).toEqual([String(calls), usd(calls, hours)]);
		});
	});
});
