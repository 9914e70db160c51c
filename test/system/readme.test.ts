import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Env, endAll, launch, newDirectory, PROJECT, type RunningApi, startApi, tokensFileOf } from './program.ts';
import { type Block, blocksOf, NODE_PATH, NPX, README, shownBy, withoutTimes } from './readme-blocks.ts';
import { programAt, watchedPath } from './watched-path.ts';

/** The pages whose commands run here, in order, in one shell, and what the test does with each fenced block. */
const PAGES = {
	'README.md': ['graphql: found in schema/', 'sh: starts', 'sh', 'shown', 'sh', 'sh'],
	'docs/tutorial/first-firm.md': [
		'sh: starts',
		'sh',
		'shown',
		'sh',
		'shown',
		'sh',
		'shown',
		'sh',
		'shown',
		'js: note.mjs',
		'sh',
		'shown',
		'sh',
		'shown',
	],
	'docs/tutorial/first-lease.md': ['sh', 'sh', 'shown', 'sh', 'sh', 'shown', 'sh', 'shown'],
	'docs/how-to/manage-members.md': ['sh', 'shown'],
	'docs/how-to/export-a-firm.md': ['sh', 'sh'],
} as const;
type Page = keyof typeof PAGES;

/** The values that a person copies from the screen, with the sed command that finds each. */
const COPIED: Readonly<Record<string, string>> = {
	LEASE: 's/^lease *│ //p',
	HASH: 's/^request hash *│ //p',
	NOTE: 's/.*"type":"Note","id":"\\([^"]*\\)".*/\\1/p',
};

const copiedFrom = (printed: string) => (_line: string, name: string) =>
	`${name}=$(sed -n '${COPIED[name]}' '${printed}' | tail -n 1)`;

const kindOf = ({ language }: Block): string => language || 'shown';

/** A shell script that runs the page and writes the output of each block to a separate file. */
function scriptOf(page: Page, tokens: string, directory: string): string {
	const blocks = blocksOf(page);
	const commands = blocks.map(({ text }, n) => {
		if (PAGES[page][n] !== 'sh') return '';
		const copied = text.replaceAll(/(\w+)=…/g, copiedFrom(`${directory}/all`));
		return `exec >'${directory}/${n}' 2>&1\n${copied.replaceAll('.firmseal/tokens.sh', tokens)}\ncat '${directory}/${n}' >>'${directory}/all'`;
	});
	return ['set -eu', NPX, `cd '${directory}'`, ...commands].join('\n');
}

describe.each(Object.keys(PAGES) as Page[])('%s', (page) => {
	it('has no fenced block that this test does not know', () => {
		expect(blocksOf(page).map(kindOf)).toEqual(PAGES[page].map((kind) => kind.replace(/:.*/, '')));
	});
});

describe('README.md', () => {
	it('shows a type with the fields that the schema has', () => {
		const linesOf = (text: string) => text.split('\n').map((line) => line.trim());
		const [first = '', ...fields] = linesOf(README[0]?.text ?? '');
		const [, type = ''] = readFileSync(join(PROJECT, 'schema/note.graphql'), 'utf8').split(`\n${first}\n`);
		expect(fields).toContain('title: String @encrypted(class: NOTE, pad: 64)');
		expect(linesOf(type.slice(0, type.indexOf('\n}') + 3))).toEqual(expect.arrayContaining(fields));
	});
});

describe('the commands of these pages', () => {
	let env: Env;
	let api: RunningApi;
	beforeAll(async () => {
		const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
		expect(README[1]?.text).toBe('npm ci\nnpm start\n');
		expect(scripts.start).toBe('exec node src/cli/npm-start.js');
		env = { FIRMSEAL_DATA_DIR: newDirectory(), FIRMSEAL_PORT: '0' };
		api = await startApi(env);
	});
	afterAll(endAll);

	it.each(Object.keys(PAGES) as Page[])('in %s print what the page shows', async (page) => {
		const directory = newDirectory();
		const blocks = blocksOf(page);
		const program = blocks.find(({ language }) => language === 'js');
		if (program) writeFileSync(join(directory, 'note.mjs'), program.text);
		const { path, calls } = watchedPath('curl', 'sed', 'tr', 'tail', 'cat', 'node', 'sha256sum');
		const script = scriptOf(page, tokensFileOf(api), directory);
		// As for a reader, only tokens.sh gives the shell the address of the API.
		const { code, stdout, stderr } = await launch({ ...env, PATH: path }, programAt('sh'), ['-c', script]).ended;
		expect([stdout, stderr]).toEqual(['', '']);
		const printed = (n: number) => readFileSync(join(directory, String(n)), 'utf8');
		for (const [n, block] of blocks.entries()) {
			if (kindOf(block) !== 'shown') continue;
			const before = blocks.findLastIndex((each, index) => index < n && each.language === 'sh');
			expect(withoutTimes(printed(before))).toMatch(shownBy(block.text));
		}
		expect(code).toBe(0);
		// Every user of the machine can read the arguments of a program, so no token, query, content or invitation may be among them.
		expect(calls()).toContain('sed ');
		expect(calls()).not.toMatch(/eyJ|postgres:|mutation/);
	});

	it('of README.md, given the wrong token, are refused with the reason', async () => {
		const request = README.find(({ text }) => text.includes('lease request'))?.text ?? '';
		const asMember = request.replace('. .firmseal/tokens.sh', `. '${tokensFileOf(api)}'; OPERATOR=$MEMBER`);
		const reaching = { ...env, PATH: NODE_PATH };
		const { code, stdout } = await launch(reaching, 'sh', ['-c', `exec 2>&1\n${asMember}`]).ended;
		expect(stdout).toMatch(/^firmseal: .*\n$/);
		expect(code).toBe(1);
	});
});
