import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Env, endAll, launch, newDirectory, PROJECT, type RunningApi, startApi, tokensFileOf } from './program.ts';
import { blocksOf, NODE_PATH, NPX, README, shownBy, withoutTimes } from './readme-blocks.ts';
import { programAt, watchedPath } from './watched-path.ts';

const PICTURE = 'a picture';
const RUN = 'run here';

/** Each fenced block of README.md in its order, and what becomes of it. */
const BLOCKS = [
	['Firmseal', 'graphql', 'found in schema/'],
	['How a request flows', '', PICTURE],
	['Run', 'sh', RUN],
	['On your own PostgreSQL', 'sh', 'run by readme-own-database.soak.test.ts'],
	['On your own PostgreSQL', 'sh', 'run by readme-own-database.soak.test.ts'],
	['A query', 'sh', RUN],
	['A query', '', RUN],
	['Key hierarchy', '', PICTURE],
	['Break-glass', '', PICTURE],
	['Break-glass', 'sh', RUN],
	['Break-glass', '', RUN],
	['Files', '', 'a list of routes, for which test/api/files asks'],
] as const;

/** The last block of a section in a language: what is shown stands after the commands. */
const block = (under: string, language: string, of = README): string =>
	of.findLast((each) => each.under === under && each.language === language)?.text ?? '';

describe('README.md', () => {
	it('has no fenced block that is missing here', () => {
		expect(README.map(({ under, language }) => [under, language])).toEqual(
			BLOCKS.map(([under, language]) => [under, language]),
		);
	});

	it('shows of each type what the schema contains', () => {
		const linesOf = (text: string) => text.split('\n').map((line) => line.trim());
		const [first = '', ...fields] = linesOf(block('Firmseal', 'graphql'));
		const [, type = ''] = readFileSync(join(PROJECT, 'schema/note.graphql'), 'utf8').split(`\n${first}\n`);
		expect(fields).toContain('title: String @encrypted(class: NOTE, pad: 64)');
		expect(linesOf(type.slice(0, type.indexOf('\n}') + 3))).toEqual(expect.arrayContaining(fields));
	});
});

describe('the commands', () => {
	let env: Env;
	let api: RunningApi;
	beforeAll(async () => {
		const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
		expect(block('Run', 'sh')).toBe('npm ci\nnpm start\n');
		expect(scripts.start).toBe('exec node src/cli/npm-start.js');
		env = { FIRMSEAL_DATA_DIR: newDirectory(), FIRMSEAL_PORT: '0' };
		api = await startApi(env);
	});
	afterAll(endAll);

	it.each([
		['README.md', 'A query'],
		['README.md', 'Break-glass'],
		['docs/how-to/manage-members.md', 'People of a firm'],
	])('of %s under %s print what is shown there', async (page, heading) => {
		const blocks = blocksOf(page);
		const commands = block(heading, 'sh', blocks).replaceAll('.firmseal/tokens.sh', tokensFileOf(api));
		const script = ['set -eu', NPX, 'exec 2>&1', commands].join('\n');
		const { path, told } = watchedPath('curl', 'sed', 'tr');
		// Where the API is, on another port than its own, is for tokens.sh to say.
		const reaching = { ...env, PATH: path };
		const { code, stdout } = await launch(reaching, programAt('sh'), ['-c', script]).ended;
		expect(withoutTimes(stdout)).toMatch(shownBy(block(heading, '', blocks)));
		expect(code).toBe(0);
		// Every user of the machine can read these: no token, and of what is asked no content and no invitation.
		expect(told()).toContain('sed ');
		expect(told()).not.toMatch(/eyJ|postgres:|mutation/);
	});

	it('of README.md under Break-glass say why nothing was requested, and end there', async () => {
		const refused = `. '${tokensFileOf(api)}'; OPERATOR=$MEMBER`;
		const commands = block('Break-glass', 'sh').replaceAll('. .firmseal/tokens.sh', refused);
		const reaching = { ...env, PATH: NODE_PATH };
		const { code, stdout } = await launch(reaching, 'sh', ['-c', `${NPX}\nexec 2>&1\n${commands}`]).ended;
		expect(stdout).toMatch(/^\S+ .*LEASE: \{"ok":false,.*"code":"FORBIDDEN",.*\}\n$/);
		expect(code).not.toBe(0);
	});
});
