import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type Env, endAll, launch, newDirectory, PROJECT, type Running } from './program.ts';
import { type Block, blocksOf, NODE_PATH, shownBy } from './readme-blocks.ts';

const PAGE = 'docs/tutorial/first-field.md';
const blocks = blocksOf(PAGE);
const [field, input, column, notWritten, writable, notLocked, generate, use, used, undo] = blocks;
/** What a clone has, without its history. */
const LEFT_OUT = new Set(['.git', '.firmseal', 'node_modules', '.stryker-tmp']);

afterAll(endAll);

/** A copy of the checkout in which a reader of the page may edit files. */
function copyProject(): string {
	const copy = join(newDirectory(), 'checkout');
	for (const name of readdirSync(PROJECT))
		if (!LEFT_OUT.has(name)) cpSync(join(PROJECT, name), join(copy, name), { recursive: true });
	symlinkSync(join(PROJECT, 'node_modules'), join(copy, 'node_modules'));
	git(copy, 'init', '--quiet');
	git(copy, 'add', '--all');
	git(copy, '-c', 'user.name=Reader', '-c', 'user.email=reader@example.org', 'commit', '--quiet', '-m', 'checkout');
	return copy;
}

const git = (copy: string, ...args: string[]): string =>
	execFileSync('git', ['-C', copy, ...args], { encoding: 'utf8' });

/** Each line of the block with the tabs of the line that it follows. */
const indented = ({ text }: Block, tabs: string): string => text.trimEnd().replaceAll(/^/gm, tabs);

function edit(path: string, change: (text: string) => string): void {
	const before = readFileSync(path, 'utf8');
	const after = change(before);
	expect(after, `Nothing changed in ${path}.`).not.toBe(before);
	writeFileSync(path, after);
}

it('has the blocks that this test follows', () => {
	expect(blocks.map(({ language }) => language)).toEqual([
		'graphql',
		'graphql',
		'ts',
		'',
		'ts',
		'',
		'sh',
		'sh',
		'',
		'sh',
	]);
});

it('leads from the mark in the schema to an answer that only the firm can read', async () => {
	if (!field || !input || !column || !notWritten || !writable || !notLocked || !generate || !use || !used || !undo)
		throw new Error(`${PAGE} lacks a block.`);
	const copy = copyProject();
	const data = join(newDirectory(), 'data');
	const env: Env = { FIRMSEAL_DATA_DIR: data, FIRMSEAL_PORT: '0', PATH: NODE_PATH, NODE_DISABLE_COMPILE_CACHE: '1' };
	const start = () => launch(env, process.execPath, ['src/cli/npm-start.js'], { cwd: copy });
	const startUntilItAnswers = async (): Promise<Running> => {
		const running = start();
		await running.saw(/Firmseal answers on .*graphql\n/);
		return running;
	};

	const before = await startUntilItAnswers();
	before.kill('SIGINT');
	await before.ended;

	edit(join(copy, 'schema/note.graphql'), (sdl) =>
		sdl
			.replace(/^(type Note\b[\s\S]*?\n\tbody: .*\n)/m, `$1${indented(field, '\t')}\n`)
			.replaceAll(/^(input (?:Create|Update)NoteInput\b[\s\S]*?)\n\}/gm, `$1\n${indented(input, '\t')}\n}`),
	);
	edit(join(copy, 'src/database/tables/notes.ts'), (table) =>
		table.replace(/^(\t+)(body: .*\n)/m, (_, tabs, line) => `${tabs}${line}${indented(column, tabs)}\n`),
	);
	const first = await start().ended;
	expect([first.code, first.stderr]).toEqual([1, expect.stringContaining(notWritten.text)]);

	edit(join(copy, 'src/firms/workspace.ts'), (workspace) =>
		workspace.replace("writableColumns: ['title', 'body'],", writable.text.trim()),
	);
	const second = await start().ended;
	expect([second.code, second.stderr]).toEqual([1, expect.stringContaining(notLocked.text)]);

	const [command = '', ...others] = generate.text.trim().split('\n');
	expect(others).toEqual(['npm start']);
	expect((await launch(env, 'sh', ['-c', command], { cwd: copy }).ended).code).toBe(0);

	const after = await startUntilItAnswers();
	const commands = use.text.replace('.firmseal/tokens.sh', join(data, 'tokens.sh'));
	const { stdout, stderr } = await launch(env, 'sh', ['-c', commands], { cwd: copy }).ended;
	expect([stderr, stdout]).toEqual(['', expect.stringMatching(shownBy(used.text))]);
	after.kill('SIGINT');
	expect((await after.ended).code).toBe(0);

	expect(git(copy, 'status', '--porcelain')).toContain('drizzle/');
	const undone = launch(env, 'sh', ['-ec', undo.text.replace('.firmseal', data)], { cwd: copy });
	expect((await undone.ended).code).toBe(0);
	expect([git(copy, 'status', '--porcelain'), existsSync(data)]).toEqual(['', false]);
}, 600_000);
