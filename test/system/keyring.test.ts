import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initLocalKeyring } from '../../src/adapters/keyring-local/index.ts';
import { makeInstallation, type TestFirm, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { isSoak } from '../support/scale.ts';
import { fill, mount, unmount, whyNoDisk } from '../support/small-disk.ts';
import { type Env, endAll, firmseal, launch, newDirectory, START } from './program.ts';

/** A line for every file and directory, with its mode and the hash of its content. */
function snapshot(directory: string): string[] {
	return readdirSync(directory, { recursive: true, encoding: 'utf8' })
		.sort()
		.map((name) => {
			const path = join(directory, name);
			const { mode } = statSync(path);
			const content = statSync(path).isFile()
				? createHash('sha256').update(readFileSync(path)).digest('hex')
				: 'directory';
			return `${name} ${mode.toString(8)} ${content}`;
		});
}

/** The newest generation of a firm's file in the keyring. */
const firmFile = (directory: string, firm: string) => {
	const folder = join(directory, 'keyring/firms', firm);
	return join(folder, String(Math.max(...readdirSync(folder).map(Number))));
};

const flipByte = (path: string) => {
	const bytes = readFileSync(path);
	bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40);
	writeFileSync(path, bytes);
};

interface Case {
	readonly name: string;
	damage(directory: string, north: string, south: string): void | Promise<void>;
	readonly env?: Env;
	/** True if `npm start` could mistake the damage for a new installation. */
	readonly looksNew?: boolean;
	readonly expected: RegExp;
}

const CASES: readonly Case[] = [
	{
		name: 'no keyring',
		looksNew: true,
		damage: (d) => rmSync(join(d, 'keyring'), { recursive: true }),
		expected: /keyring is missing: restore it from a backup\./,
	},
	{
		name: 'no root key',
		looksNew: true,
		damage: (d) => rmSync(join(d, 'root.key')),
		expected: /root\.key is missing: restore it from a backup\./,
	},
	{
		name: 'neither keyring nor root key',
		looksNew: true,
		damage: (d) => {
			rmSync(join(d, 'keyring'), { recursive: true });
			rmSync(join(d, 'root.key'));
		},
		expected: /root\.key is missing/,
	},
	{
		name: "another installation's root key by setting",
		damage: () => {},
		env: { FIRMSEAL_ROOT_KEY: 'ab'.repeat(32) },
		expected: /does not belong to the keyring .*FIRMSEAL_ROOT_KEY/,
	},
	{
		name: "another installation's root key file",
		damage: (d) => writeFileSync(join(d, 'root.key'), `${'cd'.repeat(32)}\n`),
		expected: /does not belong to the keyring/,
	},
	{
		name: "another installation's whole keyring and root key",
		async damage(d) {
			const rootKey = randomBytes(32);
			rmSync(join(d, 'keyring'), { recursive: true });
			writeFileSync(join(d, 'root.key'), `${rootKey.toString('hex')}\n`);
			await initLocalKeyring({ directory: join(d, 'keyring'), rootKey });
		},
		expected: /of another installation and has no key of this database's firms/,
	},
	{
		name: 'a truncated root key',
		damage: (d) => writeFileSync(join(d, 'root.key'), 'abcd\n'),
		expected: /root\.key is damaged: restore it/,
	},
	{
		name: 'a truncated keyring.json',
		damage: (d) => writeFileSync(join(d, 'keyring/keyring.json'), '{"format":"firms'),
		expected: /keyring\.json is damaged: restore it/,
	},
	{
		name: "a firm's file with one bit changed",
		damage: (d, north) => flipByte(firmFile(d, north)),
		expected: /key file of firm [0-9a-f-]{36} is damaged or cannot be read/,
	},
	{
		name: "a firm's file copied from another firm",
		damage: (d, north, south) => cpSync(firmFile(d, south), firmFile(d, north)),
		expected: /key file of firm [0-9a-f-]{36} is damaged or cannot be read/,
	},
	{
		name: 'a file in place of a firm’s directory',
		damage(d, north) {
			rmSync(join(d, 'keyring/firms', north), { recursive: true });
			writeFileSync(join(d, 'keyring/firms', north), '');
		},
		expected: /keyring\/firms\/[0-9a-f-]{36} is not a directory, or lies below a file \(ENOTDIR\): /,
	},
	{
		name: 'a keyring accessible to others',
		damage: (d) => chmodSync(join(d, 'keyring'), 0o755),
		expected: /Other users can access .*chmod -R go-rwx/,
	},
	{
		name: 'a keyring.json readable by others',
		damage: (d) => chmodSync(join(d, 'keyring/keyring.json'), 0o644),
		expected: /Other users can access .*chmod/,
	},
	{
		name: 'a root key readable by others',
		damage: (d) => chmodSync(join(d, 'root.key'), 0o644),
		expected: /root\.key is open to other users: .*chmod 600/,
	},
];

/** Every command that opens the keyring. `init` and `npm start` could create one, and must not. */
const COMMANDS = [
	['serve'],
	['init'],
	['firm', 'create', '--slug', 'new-one', '--name', 'New', '--owner', 'owner@new.example'],
];

describe('a start with a damaged keyring', () => {
	let installation: TestInstallation;
	let north: TestFirm;
	let south: TestFirm;

	beforeAll(async () => {
		installation = await makeInstallation(embedded);
		north = await installation.addFirm('north');
		south = await installation.addFirm('south');
	});
	afterAll(async () => {
		await installation?.close();
		await endAll();
	});

	async function damagedCopy({ damage, env = {} }: Pick<Case, 'damage' | 'env'>) {
		const directory = newDirectory();
		cpSync(installation.directory, directory, { recursive: true });
		// cpSync keeps the modes of files, but not of directories.
		for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' }))
			chmodSync(join(directory, name), statSync(join(installation.directory, name)).mode);
		await damage(directory, north.id, south.id);
		return { directory, env: { ...installation.env, FIRMSEAL_DATA_DIR: directory, ...env } };
	}

	it.each(CASES)('is refused without overwriting anything: $name', async (each) => {
		const { directory, env } = await damagedCopy(each);
		const before = snapshot(directory);
		const outcomes = [await firmseal(env, 'serve')];
		// Both commands read a damaged keyring in the same way, so one is enough.
		if (isSoak || each.looksNew) outcomes.push(await launch(env, process.execPath, [START]).ended);
		for (const { code, stdout, stderr } of outcomes) {
			expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
			expect(stderr).toMatch(each.expected);
			expect(stderr).toMatch(/^(?:Starting: .+\n)?firmseal: [^\n]+\n$/);
		}
		expect(snapshot(directory)).toEqual(before);
	});

	it('is refused by every command, and doctor reports it', async () => {
		const [missing] = CASES as readonly [Case];
		const { directory, env } = await damagedCopy(missing);
		const before = snapshot(directory);
		for (const args of COMMANDS) {
			const { code, stderr } = await firmseal(env, ...args);
			expect(code).toBe(1);
			expect(stderr).toMatch(missing.expected);
		}
		const { code, stdout } = await firmseal(env, 'doctor');
		expect(code).toBe(1);
		expect(stdout).toMatch(missing.expected);
		expect(snapshot(directory)).toEqual(before);
		const firms = await installation.admin`select slug from firms order by slug`;
		expect(firms.map(({ slug }) => slug)).toEqual(['north', 'south']);
	});

	const noDisk = whyNoDisk();
	it.skipIf(noDisk !== null)(`reports which disk is full${noDisk ? ` (skipped: ${noDisk})` : ''}`, async () => {
		const { directory, env } = await damagedCopy({ damage() {} });
		const disk = join(directory, 'disk');
		mkdirSync(disk);
		mount(disk, 8 * 2 ** 20);
		try {
			const data = join(disk, 'data');
			execFileSync('cp', ['-a', installation.directory, data]);
			mkdirSync(join(data, 'objects'), { recursive: true, mode: 0o700 });
			fill(join(disk, 'rest'));
			const full = { ...env, FIRMSEAL_DATA_DIR: data };
			const { stderr } = await firmseal(
				full,
				'firm',
				'create',
				'--slug',
				'full',
				'--name',
				'F',
				'--owner',
				'o@f.example',
			);
			expect(stderr).toContain(`firmseal: The disk of ${data}`);
			expect(stderr).toMatch(
				/ is full \(ENOSPC\): free some space, or set FIRMSEAL_DATA_DIR to a directory on another disk\.\n$/,
			);
			expect((await firmseal(full, 'doctor')).stdout).toContain(
				`The disk of ${data}/objects has 0 MiB free: free some space.`,
			);
		} finally {
			unmount(disk);
		}
	});

	it('is accepted while nothing is damaged', async () => {
		const { code, stderr } = await firmseal(installation.env, 'doctor');
		expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
	});
});
