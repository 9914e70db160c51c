import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { makeDataDirectory } from '../../src/local-files/data-directory.ts';
import { startLogLeader } from '../../src/processes/start-log-leader.ts';
import { makeReadOnly, mount, unmount, whyNoDisk } from '../support/small-disk.ts';
import { endAll, firmseal, newDirectory, spawned } from '../system/program.ts';

const ID = '019b0000-0000-7000-8000-000000000000';
/** The name of the command that the arguments mean, as far as it exists. */
const nameOf = (args: readonly string[]) =>
	args.includes('frim') ? 'firmseal' : args.slice(0, args[0] === 'token' || args[1] === 'lst' ? 1 : 2).join(' ');

type LeaderParts = Parameters<typeof startLogLeader>[0];

const COMMANDS = ['serve', 'init', 'demo', 'token', 'doctor', 'firm', 'operator', 'keys'];

describe('the command line', () => {
	const directory = newDirectory();
	const env = { FIRMSEAL_DATA_DIR: directory };
	afterAll(endAll);

	it.each([
		{ args: ['frim'], expected: "unknown command 'frim'" },
		{ args: ['firm', 'lst'], expected: "unknown command 'lst'" },
		{ args: ['firm', 'list', '--all'], expected: "unknown option '--all'" },
		{ args: ['token'], expected: "required option '--user <email>' not specified" },
		{ args: ['firm', 'create', '--slug', 'x'], expected: 'required option' },
		{
			args: ['operator', 'add', '--email', 'a@b', '--role', 'ADMIN'],
			expected: 'Allowed choices are OPERATOR, APPROVER, AUDITOR',
		},
		{ args: ['operator', 'add', '--email', 'a@b'], expected: "required option '--role" },
		{ args: ['keys', 'rotate'], expected: 'Give --firm, or --platform.' },
		{
			args: ['keys', 'reencrypt', '--firm', 'north', '--class', 'NOTES'],
			expected: 'Allowed choices are DOCUMENT, COMMUNICATION',
		},
		{ args: ['keys', 'disable', '--firm', 'north', '--class', 'NOTE'], expected: 'Give one --class and its --version' },
		{ args: ['keys', 'destroy', '--firm', 'north'], expected: 'Give --class and --version of the data key.' },
		{ args: ['keys', 'bring', '--firm', 'north'], expected: 'Give --key-arn, or --back.' },
		{ args: ['keys', 'escrow', '--firm', 'north'], expected: 'Give --firm or --platform, --holders and --threshold' },
		{ args: ['keys', 'escrow', '--job', ID], expected: 'Give --out' },
		{ args: ['keys', 'drill'], expected: 'Give --firm or --platform together with --escrow' },
		{
			args: ['firm', 'recover', '--firm', 'north'],
			expected: 'Give one of --user, --approve, --complete and --cancel.',
		},
		{ args: ['hold', 'set', '--firm', 'north', '--ticket', ''], expected: 'A ticket has 1 to 64' },
		{ args: ['hold', 'set', '--firm', 'north', '--ticket', 'C\u202e-1'], expected: 'is invalid. A ticket has 1 to 64' },
	])('reports wrong use, with exit code 2: $args', async ({ args, expected }) => {
		const [human, program] = await Promise.all([firmseal(env, ...args), firmseal(env, ...args, '--json')]);
		expect(human.stderr).toContain(expected);
		expect(`${human.stderr}${program.stdout}`).not.toContain('\u202e');
		for (const { code, stderr } of [human, program]) {
			expect(code).toBe(2);
			expect(stderr).not.toContain('    at ');
		}
		expect(human.stdout).toBe('');
		// An error of commander ends with a hint to the help of the command that was meant.
		const helped = nameOf(args).replace(/^(?!firmseal$)/, 'firmseal ');
		if (human.stderr.startsWith('error: '))
			expect(human.stderr).toMatch(new RegExp(`\\(${helped} --help lists the (?:commands|options)\\)\n$`));
		const { ok, command, error } = JSON.parse(program.stdout);
		expect({ ok, command, code: error.code }).toEqual({ ok: false, command: nameOf(args), code: 'BAD_USER_INPUT' });
		expect(error.message).toContain(expected);
	});

	it('prints the same and exits with the same code in this process and in its own', async () => {
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

	it('answers help COMMAND and all names of COMMAND as COMMAND --help', async () => {
		for (const names of [[], ['lease'], ['lease', 'request'], ['audit', 'verify']]) {
			const asked = await firmseal(env, ...names, '--help');
			expect(asked.stdout).toMatch(new RegExp(`^Usage: ${['firmseal', ...names].join(' ')} `));
			expect(await firmseal(env, 'help', ...names)).toEqual(asked);
		}
	});

	it('suggests the nearest setting for an unknown one', async () => {
		const { code, stdout, stderr } = await firmseal({ ...env, FIRMSEAL_DATA_DIRR: 'x' }, 'firm', 'list');
		expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
		expect(stderr).toBe(
			'firmseal: FIRMSEAL_DATA_DIRR is not a setting of this version: did you mean FIRMSEAL_DATA_DIR?\n',
		);
	});

	it('creates nothing', () => {
		expect(readdirSync(directory)).toEqual([]);
	});
});

describe('the data directory', () => {
	let parent: string;
	const at = (...parts: string[]) => join(parent, ...parts);
	beforeAll(() => {
		parent = newDirectory();
		writeFileSync(at('file'), '');
		symlinkSync(at('gone'), at('dangling'));
		symlinkSync(at('second'), at('first'));
		symlinkSync(at('first'), at('second'));
		mkdirSync(at('disk'));
	});
	afterAll(endAll);

	const elsewhere = 'set FIRMSEAL_DATA_DIR to';
	const odd: Readonly<Record<string, () => readonly [path: string, expected: string]>> = {
		'below /proc': () => ['/proc/nope', `/proc/nope does not exist and cannot be created (ENOENT): ${elsewhere}`],
		'a device': () => ['/dev/null', `/dev/null is not a directory (EEXIST): ${elsewhere} one.`],
		'a file': () => [at('file'), `${at('file')} is not a directory (EEXIST): ${elsewhere} one.`],
		'below a file': () => [
			at('file/data'),
			`${at('file/data')} is not a directory, or lies below a file (ENOTDIR): ${elsewhere}`,
		],
		'a link to nothing': () => [
			at('dangling'),
			`${at('dangling')} does not exist and cannot be created (ENOENT): ${elsewhere}`,
		],
		'below a link to nothing': () => [
			at('dangling/data'),
			'dangling/data does not exist and cannot be created (ENOENT): ',
		],
		'links that form a loop': () => [
			at('first'),
			`${at('first')} has links that form a loop (ELOOP): fix the links, or`,
		],
		'too long a name': () => [
			at('a'.repeat(300)),
			`… is longer than the disk allows (ENAMETOOLONG): ${elsewhere} a shorter path.`,
		],
		'too long for PostgreSQL': () => [at('a/'.repeat(500)), '… is too long for PostgreSQL (more than 900 bytes): '],
		'a name with shell syntax': () => [
			at('$(id)'),
			'/postgres contains one of the characters " $ ` \\, with which PostgreSQL',
		],
		'a line break': () => [
			at('two\nlines'),
			'FIRMSEAL_DATA_DIR must be a path without line breaks or other control characters.',
		],
		'a blank': () => [' ', 'FIRMSEAL_DATA_DIR must be a path without white space at its start or end.'],
	};
	it.each(Object.entries(odd))('is refused in one sentence by every command: %s', async (_, make) => {
		const [path, expected] = make();
		for (const args of [['init'], ['doctor'], ['token', '--user', 'a@b.example']]) {
			const { code, stdout, stderr } = await firmseal({ FIRMSEAL_DATA_DIR: path }, ...args);
			expect(code).toBe(1);
			const [line = '', ...more] = (args[0] === 'doctor' && stderr === '' ? stdout : stderr).trimEnd().split('\n');
			// Only `init` would create the directory.
			const isMissing = args[0] !== 'init' && expected.includes('does not exist and cannot');
			expect([line, ...more].at(-1)).toContain(isMissing ? 'There is no database in ' : expected);
			expect(line.length).toBeLessThan(500);
			expect(`${stdout}${stderr}`).not.toMatch(/ {4}at |Something went wrong/);
		}
	});

	it('is refused in one sentence if it holds foreign files, and nothing is created in it', async () => {
		const full = at('full');
		// Names that Firmseal uses too, but with modes that Firmseal never sets.
		for (const name of ['bin', 'log', 'objects', 'postgres'])
			mkdirSync(join(full, name), { recursive: true, mode: 0o755 });
		for (const args of [['init'], ['demo'], ['doctor'], ['token', '--user', 'a@b.example'], ['firm', 'list']]) {
			const { code, stdout, stderr } = await firmseal({ FIRMSEAL_DATA_DIR: full }, ...args);
			expect({ code, said: `${stdout}${stderr}`.trimEnd().split('\n').at(-1)?.trim() }).toEqual({
				code: 1,
				said: `${args[0] === 'doctor' ? '' : 'firmseal: '}${full} has other files, such as bin, and none of Firmseal: set FIRMSEAL_DATA_DIR to an empty directory, or to one that does not exist yet.`,
			});
		}
		// The settings of a worker whose objects and anchors are in the cloud.
		const settings = {
			FIRMSEAL_DATA_DIR: full,
			FIRMSEAL_OBJECTS: 's3',
			FIRMSEAL_S3_BUCKET: 'objects',
			FIRMSEAL_ANCHOR_BUCKET: 'anchors',
			AWS_REGION: 'eu-central-1',
		};
		await expect(startLogLeader({ config: readConfig(settings) } as LeaderParts)).rejects.toThrow(
			'has other files, such as',
		);
		expect(readdirSync(full)).toEqual(['bin', 'log', 'objects', 'postgres']);
	});

	it.each([
		{ what: 'nothing', made: [] },
		{ what: 'the lost+found of a disk', made: ['lost+found/'] },
		{ what: 'the files of a start that ended at once', made: ['log'] },
		{
			what: 'the files of a start that ended before its PostgreSQL existed',
			made: ['log', 'postgres/', 'postgres.lock/'],
		},
		{ what: 'the files of a start that ended before its keys existed', made: ['log', 'log.1', 'postgres/password'] },
		{ what: 'the files of a start that ended with a half-written key', made: [`root.key.${ID}.new`] },
		{ what: 'an installation and a foreign file', made: ['keyring/keyring.json', 'notes.txt'] },
		{ what: 'a database and a foreign file', made: ['postgres/password', 'notes.txt'] },
		{ what: 'part of a worker’s directory and a foreign file', made: ['signer/head', 'notes.txt'] },
		{ what: 'objects and a foreign file', made: ['objects/', 'notes.txt'] },
	])('may hold $what', ({ made }) => {
		const directory = newDirectory();
		for (const name of made) {
			mkdirSync(join(directory, name.endsWith('/') ? name : dirname(name)), { recursive: true, mode: 0o700 });
			if (!name.endsWith('/')) writeFileSync(join(directory, name), '', { mode: 0o600 });
		}
		expect(() => makeDataDirectory(directory)).not.toThrow();
	});

	it('is not created by a command that needs an installation', async () => {
		const absent = at('absent');
		const env = { FIRMSEAL_DATA_DIR: absent, FIRMSEAL_PORT: '0' };
		const expected = `There is no database in ${absent}: go to the folder where you started Firmseal, run \`firmseal init\` for a new installation, or set DATABASE_URL to your server or FIRMSEAL_DATA_DIR to your directory.`;
		expect(await firmseal(env, 'doctor')).toMatchObject({
			code: 1,
			stdout: `WRONG the installation opens\n      ${expected}\n`,
			stderr: '',
		});
		for (const args of [['firm', 'list'], ['token', '--user', 'a@b.example'], ['serve'], ['worker']])
			expect(await firmseal(env, ...args)).toMatchObject({ code: 1, stdout: '', stderr: `firmseal: ${expected}\n` });
		expect(existsSync(absent)).toBe(false);
		mkdirSync(absent);
		expect((await firmseal(env, 'doctor')).stdout).toContain(expected);
		expect(readdirSync(absent)).toEqual([]);
	});

	it.runIf(process.getuid?.() === 0)(
		`is refused if it belongs to another user, who could take the keys${process.getuid?.() === 0 ? '' : ' (skipped: only root can give a directory to another user)'}`,
		async () => {
			const others = at('others');
			mkdirSync(others);
			chownSync(others, 65_534, 65_534);
			const { code, stderr } = await firmseal({ FIRMSEAL_DATA_DIR: others }, 'init');
			expect({ code, stderr }).toEqual({
				code: 1,
				stderr: `firmseal: ${others} has another owner, who could take the keys in it: set FIRMSEAL_DATA_DIR to a directory of the user who runs Firmseal.\n`,
			});
			expect(readdirSync(others)).toEqual([]);
		},
	);

	it.each(['777', '720'])(
		'is refused if other users may write to it, because they could put links and keys there: mode %s',
		async (mode) => {
			const shared = at(`shared-${mode}`);
			mkdirSync(shared);
			chmodSync(shared, mode);
			const expected = `Other users can write to ${shared}, and put keys and links there: check its content and run chmod go-w on it, or set FIRMSEAL_DATA_DIR to another directory.`;
			expect(await firmseal({ FIRMSEAL_DATA_DIR: shared }, 'init')).toMatchObject({
				code: 1,
				stderr: `firmseal: ${expected}\n`,
			});
			expect((await firmseal({ FIRMSEAL_DATA_DIR: shared }, 'doctor')).stdout).toContain(expected);
			expect(readdirSync(shared)).toEqual([]);
		},
	);

	it('gets no advice to run chmod on it if all users share it, empty or not', async () => {
		const shared = at('tmp');
		mkdirSync(shared);
		chmodSync(shared, 0o1777);
		const said = async () => (await firmseal({ FIRMSEAL_DATA_DIR: shared }, 'init')).stderr;
		expect(await said()).toBe(
			`firmseal: ${shared} is a directory that all users may write to: set FIRMSEAL_DATA_DIR to a directory only for Firmseal, such as one below it.\n`,
		);
		chmodSync(shared, 0o777);
		writeFileSync(join(shared, 'theirs'), '');
		expect(await said()).toContain(`${shared} has other files, such as theirs, and none of Firmseal: `);
	});

	const noDisk = whyNoDisk();
	if (noDisk) it.skip(`is refused on a full or read-only disk (skipped: ${noDisk})`, () => {});
	else
		it('is refused on a full or read-only disk', async () => {
			const data = at('disk/data');
			mount(at('disk'), 8 * 2 ** 20);
			try {
				expect((await firmseal({ FIRMSEAL_DATA_DIR: data }, 'init')).stderr).toBe(
					`firmseal: The disk of ${data}/postgres is full (ENOSPC): free some space, or set FIRMSEAL_DATA_DIR to a directory on another disk.\n`,
				);
				mkdirSync(at('disk/there/postgres/cluster'), { recursive: true });
				makeReadOnly(at('disk'));
				// An existing installation on a read-only disk gets the same error, and not that another process uses it.
				expect((await firmseal({ FIRMSEAL_DATA_DIR: at('disk/there') }, 'firm', 'list')).stderr).toMatch(
					/^firmseal: The disk of \S+ is read-only \(EROFS\)/,
				);
				expect((await firmseal({ FIRMSEAL_DATA_DIR: at('disk/other') }, 'init')).stderr).toMatch(
					/^firmseal: The disk of \S+ is read-only \(EROFS\): mount it with write access, or set FIRMSEAL_DATA_DIR/,
				);
			} finally {
				unmount(at('disk'));
			}
		});
});
