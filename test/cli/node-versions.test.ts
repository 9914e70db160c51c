import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { endAll, launch, newDirectory, PROJECT } from '../system/program.ts';

const BIN = join(PROJECT, 'src/cli/firmseal.js');

/** A Node of the system that is too old for the program. npm puts the project's own Node first on the PATH, so that one is skipped. */
const older = (process.env.PATH ?? '')
	.split(delimiter)
	.filter((folder) => folder !== '' && !folder.includes('node_modules'))
	.map((folder) => join(folder, 'node'))
	.find(
		(file) =>
			existsSync(file) && Number(/^v(\d+)/.exec(spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout)?.[1]) < 24,
	);

describe('the bin of the package', () => {
	afterAll(endAll);
	const env = () => ({ FIRMSEAL_DATA_DIR: newDirectory() });

	it('runs on the project’s version of Node', async () => {
		const { code, stdout } = await launch(env(), process.execPath, [BIN, '--version']).ended;
		expect({ code, stdout }).toEqual({ code: 0, stdout: '0.1.0\n' });
	});

	it('starts the project’s Node from an older one, and passes on arguments, output and exit code', async ({ skip }) => {
		if (!older) skip('There is no Node older than 24 on the PATH.');
		else {
			const version = await launch(env(), older, [BIN, '--version']).ended;
			expect(version).toMatchObject({ code: 0, stdout: '0.1.0\n', stderr: '' });
			const wrong = await launch(env(), older, [BIN, 'firm', 'lst']).ended;
			expect(wrong).toMatchObject({ code: 2, stdout: '' });
			expect(wrong.stderr).toContain("unknown command 'lst'");
		}
	});

	it('forwards the signal that stops it, and ends once the program has ended', async ({ skip }) => {
		if (!older) skip('There is no Node older than 24 on the PATH.');
		else {
			const installation = await makeInstallation(embedded);
			try {
				const program = launch(installation.env, older, [BIN, 'serve']);
				const [, url = ''] = await program.saw(/(\S+)\/graphql\n$/);
				expect((await fetch(new URL('/health/live', url))).status).toBe(200);
				program.kill('SIGTERM');
				expect(await program.ended).toMatchObject({ code: 0, signal: null });
				await expect(fetch(new URL('/health/live', url))).rejects.toThrow();
			} finally {
				await installation.close();
			}
		}
	});
});
