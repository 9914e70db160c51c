import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Env, endAll, launch, MAIN, newDirectory, PROJECT, type RunningApi, startApi } from './program.ts';

/** The commands of the README's section "Break-glass", as they stand there. */
function commands(): string {
	const [, section = ''] = readFileSync(join(PROJECT, 'README.md'), 'utf8').split('\n## Break-glass\n');
	return /```sh\n([\s\S]*?)```/.exec(section)?.[1] ?? '';
}

describe('the README’s walk through break-glass', () => {
	let env: Env;
	let api: RunningApi;
	beforeAll(async () => {
		env = { FIRMSEAL_DATA_DIR: newDirectory(), FIRMSEAL_PORT: '0' };
		api = await startApi(env);
	});
	afterAll(endAll);

	it('shows against `npm start` what it says', async () => {
		const script = [
			'set -euo pipefail',
			// npx finds the program wherever the package is; here it is the checkout's own.
			`npx() { shift; '${process.execPath}' '${MAIN}' "$@"; }`,
			commands().replaceAll('http://127.0.0.1:4000', api.url),
		].join('\n');
		const path = `${dirname(process.execPath)}:${process.env.PATH}`;
		const reaching = { ...env, PATH: path, FIRMSEAL_URL: api.url };
		const { code, stdout, stderr } = await launch(reaching, 'bash', ['-c', script]).ended;
		expect({ code, failed: code === 0 ? '' : stderr }).toEqual({ code: 0, failed: '' });
		const records = stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
		const said = stdout.split('\n').filter((line) => /^[A-Z][a-z]+ (to )?the lease /.test(line));
		expect(said.map((line) => line.replaceAll(/lease \S+/g, 'lease').replace(/\S+Z/, 'then'))).toEqual([
			'Agreed to the lease of northgate. It waits for others who must agree.',
			'Agreed to the lease of northgate. Who asked for it can have it activated.',
			'Activated the lease of northgate: it ends on then at the latest.',
			'Revoked the lease of northgate.',
		]);
		const [listed, ...rest] = records;
		expect(rest).toEqual([{ ...listed, updatedAt: expect.anything(), body: null }]);
		expect(listed).toMatchObject({ type: 'Note', title: expect.stringMatching(/\S/) });
		expect(stderr.match(/^Values read under the lease: .*? remain/gm)).toEqual([
			'Values read under the lease: 1 of 10, 9 remain',
			'Values read under the lease: 2 of 10, 8 remain',
		]);
		expect(stderr).toContain('Stays closed: Note.body on 1 record, since the field is outside the lease.\n');
		expect(stderr).toContain(
			'firmseal: The lease is REVOKED, so nothing is read under it. It has ended: ask for another.\n',
		);
		expect(stdout.match(/^\S+Z {2}Note\.title {2}\S+$/gm)).toHaveLength(2);
	});
});
