import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { project, read } from './tree.ts';

const [, ...script]: string[] = JSON.parse(read('package.json')).scripts['test:aws-live'].split(' ');
const ROLES = ['FIRM', 'OPERATOR', 'BROKER', 'WORKER', 'SIGNER'].map((name) => `FIRMSEAL_KMS_ROLE_${name}`);
const BUCKET = 'FIRMSEAL_S3_BUCKET';

function runWith(env: Readonly<Record<string, string>>) {
	const { status, stdout, stderr } = spawnSync(process.execPath, script, { cwd: project, env, encoding: 'utf8' });
	return { status, stdout, named: stderr.match(/^ {2}[A-Z0-9_]+/gm)?.map((name) => name.trim()) };
}

it('npm run test:aws-live contacts no service without its settings, and names them', () => {
	expect(runWith({})).toEqual({ status: 1, stdout: '', named: ['AWS_REGION', ...ROLES, BUCKET] });
	const given = Object.fromEntries(['AWS_REGION', ...ROLES].map((name) => [name, 'given']));
	expect(runWith(given)).toEqual({ status: 1, stdout: '', named: [BUCKET] });
});
