import { readdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { endAll, firmseal, newDirectory } from '../system/program.ts';

const COMMANDS = ['serve', 'init', 'demo', 'token', 'doctor', 'firm', 'operator', 'keys'];

describe('firmseal, used wrongly', () => {
	const directory = newDirectory();
	const env = { FIRMSEAL_DATA_DIR: directory };
	afterAll(endAll);

	it.each([
		{ args: ['frim'], told: "unknown command 'frim'" },
		{ args: ['firm', 'lst'], told: "unknown command 'lst'" },
		{ args: ['firm', 'list', '--all'], told: "unknown option '--all'" },
		{ args: ['token'], told: "required option '--user <email>' not specified" },
		{ args: ['firm', 'create', '--slug', 'x'], told: 'required option' },
		{
			args: ['operator', 'add', '--email', 'a@b', '--role', 'ADMIN'],
			told: 'Allowed choices are OPERATOR, APPROVER, AUDITOR',
		},
		{ args: ['operator', 'add', '--email', 'a@b'], told: "required option '--role" },
	])('says what is wrong and exits with 2: $args', async ({ args, told }) => {
		const [human, program] = await Promise.all([firmseal(env, ...args), firmseal(env, ...args, '--json')]);
		for (const { code, stderr } of [human, program]) {
			expect(code).toBe(2);
			expect(stderr).toContain(told);
			expect(stderr).not.toContain('    at ');
		}
		expect(human.stdout).toBe('');
		const { ok, error } = JSON.parse(program.stdout);
		expect({ ok, code: error.code }).toEqual({ ok: false, code: 'BAD_USER_INPUT' });
		expect(error.message).toContain(told);
	});

	it('lists its commands with --help, and exits with 0', async () => {
		const { code, stdout, stderr } = await firmseal(env, '--help');
		expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
		for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
	});

	it('names the nearest setting to an unknown one', async () => {
		const { code, stdout, stderr } = await firmseal({ ...env, FIRMSEAL_DATA_DIRR: 'x' }, 'firm', 'list');
		expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
		expect(stderr).toBe(
			'firmseal: FIRMSEAL_DATA_DIRR is not a setting of this version: did you mean FIRMSEAL_DATA_DIR?\n',
		);
	});

	it('has made nothing', () => {
		expect(readdirSync(directory)).toEqual([]);
	});
});
