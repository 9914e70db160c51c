import { readdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { endAll, firmseal, newDirectory, spawned } from '../system/program.ts';

const ID = '019b0000-0000-7000-8000-000000000000';
/** As far as there is such a command. */
const nameOf = (args: readonly string[]) =>
	args.includes('frim') ? 'firmseal' : args.slice(0, args[0] === 'token' || args[1] === 'lst' ? 1 : 2).join(' ');

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
		{ args: ['keys', 'rotate'], told: 'Give --firm, or --platform.' },
		{
			args: ['keys', 'reencrypt', '--firm', 'north', '--class', 'NOTES'],
			told: 'Allowed choices are DOCUMENT, COMMUNICATION',
		},
		{ args: ['keys', 'disable', '--firm', 'north', '--class', 'NOTE'], told: 'Give one --class and its --version' },
		{ args: ['keys', 'destroy', '--firm', 'north'], told: 'Give --class and --version of the data key.' },
		{ args: ['keys', 'bring', '--firm', 'north'], told: 'Give --key-arn, or --back.' },
		{ args: ['keys', 'escrow', '--firm', 'north'], told: 'Give --firm or --platform, --holders and --threshold' },
		{ args: ['keys', 'escrow', '--job', ID], told: 'Give --out' },
		{ args: ['keys', 'drill'], told: 'Give --firm or --platform, and --escrow' },
		{ args: ['firm', 'recover', '--firm', 'north'], told: 'Give one of --user, --approve, --complete and --cancel.' },
		{ args: ['hold', 'set', '--firm', 'north', '--ticket', ''], told: 'A ticket is 1 to 64' },
	])('says what is wrong and exits with 2: $args', async ({ args, told }) => {
		const [human, program] = await Promise.all([firmseal(env, ...args), firmseal(env, ...args, '--json')]);
		expect(human.stderr).toContain(told);
		for (const { code, stderr } of [human, program]) {
			expect(code).toBe(2);
			expect(stderr).not.toContain('    at ');
		}
		expect(human.stdout).toBe('');
		const { ok, command, error } = JSON.parse(program.stdout);
		expect({ ok, command, code: error.code }).toEqual({ ok: false, command: nameOf(args), code: 'BAD_USER_INPUT' });
		expect(error.message).toContain(told);
	});

	it('as a process, exits and prints the same', async () => {
		for (const args of [
			['firm', 'lst'],
			['firm', 'lst', '--json'],
			['keys', 'drill'],
		])
			expect(await spawned(env, ...args)).toMatchObject(await firmseal(env, ...args));
	});

	it('lists its commands with --help, and exits with 0', async () => {
		const { code, stdout, stderr } = await spawned(env, '--help');
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
