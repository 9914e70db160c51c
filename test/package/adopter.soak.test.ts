import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EmbeddedServer, SUPERUSER, startEmbeddedServer } from '../../src/database/index.ts';
import { describeInstalled, packed } from './adopter.ts';
import { installPackage } from './packages.ts';
import { outside, run } from './run.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/adopter', import.meta.url));
const MAX_LINES = 20;

describeInstalled('examples/adopter, with the tarball', () => {
	let directory: string;
	let api: string;
	let database: EmbeddedServer;

	beforeAll(async () => {
		directory = realpathSync(mkdtempSync(join(tmpdir(), 'firmseal-example-')));
		api = join(directory, 'api');
		cpSync(EXAMPLE, api, { recursive: true, filter: (path) => !/node_modules|[/\\]data$/.test(path) });
		const manifest = JSON.parse(readFileSync(join(api, 'package.json'), 'utf8'));
		// The example's programs run on the Node of this process.
		delete manifest.devDependencies.node;
		expect(await installPackage(packed, manifest, { cwd: api })).toMatchObject({ code: 0 });
		database = await startEmbeddedServer({ directory: join(directory, 'postgres') });
	}, 300_000);
	afterAll(async () => {
		await database?.stop();
		rmSync(directory, { recursive: true, force: true });
	});

	it('type-checks', async () => {
		const { code, stdout } = await run(process.execPath, ['node_modules/typescript/bin/tsc'], { cwd: api });
		expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
	});

	it('starts with its own PostgreSQL, answers the requests that it prints, and ends', async () => {
		// Under root, PostgreSQL runs as another user, who must be able to enter this directory.
		chmodSync(directory, 0o755);
		const env = { ...outside(), PORT: '0' };
		const program = spawn(process.execPath, ['src/main.ts'], { cwd: api, env, stdio: ['ignore', 'pipe', 'inherit'] });
		const ended = once(program, 'exit');
		let printed = '';
		for await (const chunk of program.stdout) {
			printed += chunk;
			if ((printed.match(/^echo /gm)?.length ?? 0) === 3 && printed.endsWith('\n\n')) break;
		}
		const requests = [...printed.matchAll(/^echo '.*Bearer (\S+)' \| curl -s (\S+) -H @- .*-d '(.*)'$/gm)];
		const answers = [];
		for (const [, token, url = '', body] of requests) {
			const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
			answers.push(await (await fetch(url, { method: 'POST', headers, body: body ?? '' })).text());
		}
		program.kill('SIGTERM');
		expect(answers).toEqual([
			expect.stringContaining('createCard'),
			expect.stringContaining('Call Ms Webb'),
			expect.stringMatching(/"title":null.*NO_LEASE/),
		]);
		// The package of the embedded database has its own exit code.
		expect([0, 143]).toContain((await ended)[0]);
		expect(existsSync(join(api, 'data', 'postgres', 'postmaster.pid'))).toBe(false);
	});

	it.each([
		['api.test.ts', 'each role reads only its own content, and the database has no plaintext'],
		['kit.test.ts', 'the test kit finds no leak'],
	])(
		'passes its own tests in %s: %s',
		async (file) => {
			const env = { DATABASE_URL: database.urlOf(SUPERUSER) };
			const { code, stdout } = await run(process.execPath, ['--test', `test/${file}`], {
				cwd: api,
				env,
				timeout: 550_000,
			});
			expect(code, stdout).toBe(0);
			expect(Number(/^ℹ pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(0);
		},
		600_000,
	);
});

it(`adopts Firmseal with at most ${MAX_LINES} lines`, () => {
	const lines = adoptionLines();
	expect(lines.length, lines.join('\n')).toBeLessThanOrEqual(MAX_LINES);
	expect(lines.length).toBeGreaterThan(MAX_LINES / 2);
});

/**
 * The rule of docs/how-to/adopt.md: every line of src/encryption.ts, and every other line under src/ that names something
 * imported from there or from firmseal. Imports, comments and lines with only brackets do not count. The marks of the schema
 * and the sealed() columns do not count either, because they are an edit for each field.
 */
function adoptionLines(): string[] {
	const source = join(EXAMPLE, 'src');
	const form = /^import\s+([^;]*?)\s*from '([^']+)';$/gm;
	return readdirSync(source).flatMap((name) => {
		const text = readFileSync(join(source, name), 'utf8');
		const names = [...text.matchAll(form)]
			.filter(([, , from]) => from === 'firmseal' || from === './encryption.ts')
			.flatMap(([, imported = '']) => imported.match(/\w+/g) ?? [])
			.filter((each) => each !== 'type' && each !== 'sealed');
		const isOurs = (line: string) => names.some((each) => new RegExp(`\\b${each}\\b`).test(line));
		return text
			.replaceAll(form, '')
			.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
			.split('\n')
			.filter((line) => /\w/.test(line) && (name === 'encryption.ts' || isOurs(line)))
			.map((line) => `${name}: ${line.trim()}`);
	});
}
