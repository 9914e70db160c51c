import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { SUPERUSER } from '../../src/database/index.ts';
import type { TestInstallation } from '../support/installation.ts';
import { findPostgres, type OwnExternal } from '../support/servers.ts';
import { firmsealJson, PROJECT } from './program.ts';

const run = promisify(execFile);

/** Runs a program of PostgreSQL. @throws an error with the program's standard error */
async function postgres(name: string, ...args: string[]): Promise<string> {
	const bin = findPostgres()?.bin ?? String;
	return (await run(bin(name), args, { maxBuffer: 2 ** 26 })).stdout;
}

/** Keeps owners, modes and times: Firmseal refuses files that other users can access. */
export async function copy(from: string, to: string): Promise<void> {
	rmSync(to, { recursive: true, force: true });
	await run('cp', ['-a', from, to]);
}

const page = readFileSync(join(PROJECT, 'docs/how-to/back-up-and-restore.md'), 'utf8');
const BLOCKS = [...page.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(([, block = '']) => block);

/** Runs the page's block that contains `command`, with its copies and its connection service file in `directory`. */
async function runBlock(command: string, directory: string): Promise<void> {
	const block = BLOCKS.find((text) => text.includes(command)) ?? '';
	// The test runs `firmseal` itself.
	const script = block.replaceAll(/^ *npx .*$/gm, '').replaceAll('/copies', join(directory, 'copies'));
	const PATH = `${dirname(findPostgres()?.bin('psql') ?? '')}:${process.env.PATH}`;
	await run('sh', ['-ec', script], { env: { HOME: directory, PATH } });
}

/** A section of the connection service file, in the form that the page shows. */
function section(name: string, url: string): string {
	const { hostname, port, pathname, username, password } = new URL(url);
	const settings = { host: hostname, port, dbname: pathname.slice(1), user: username, password };
	return [`[${name}]`, ...Object.entries(settings).map(([key, value]) => `${key}=${value}`), ''].join('\n');
}

const passwordsOf = (logins: string, url: string) =>
	postgres(
		'psql',
		'-At',
		`--command=select rolname, rolpassword from pg_authid where rolname like '${logins}' order by 1`,
		url,
	);

/** Sets the superuser's password; null removes it. */
async function setPassword(url: string, password: string | null): Promise<void> {
	const value = password === null ? 'null' : `'${password}'`;
	await postgres('psql', '--quiet', `--command=alter role ${SUPERUSER} password ${value}`, url);
}

/** Restarts the server so that it requires passwords. Returns the superuser's URL for the restored database. */
export async function askForPasswords({ server: { url, files }, start, stop }: OwnExternal): Promise<string> {
	const password = 'of-the-new-server';
	await setPassword(url, password);
	await stop();
	writeFileSync(join(files, 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n');
	await start();
	return Object.assign(new URL(url), { password, pathname: '/firmseal' }).href;
}

/** Makes the copies of docs/how-to/back-up-and-restore.md: the database first, then the objects, and the keys. */
export function copiesOf({ env, directory, admin }: TestInstallation) {
	const at = (name: string) => join(directory, 'copies', name);
	const url = env.FIRMSEAL_ADMIN_DATABASE_URL as string;
	const name = new URL(url).pathname.slice(1);
	mkdirSync(at(''), { recursive: true });
	return {
		async make() {
			await postgres('pg_dump', '--format=custom', `--file=${at('database')}`, url);
			await copy(join(directory, 'objects'), at('objects'));
			await copy(join(directory, 'keyring'), at('keyring'));
		},
		/** Deletes the database, the objects and the keys, but not the anchors, which are stored where no one can delete them. */
		async loseAll() {
			const root = Object.assign(new URL(url), { pathname: '/postgres' }).href;
			await postgres('psql', '--quiet', `--command=drop database "${name}" with (force)`, root);
			for (const part of ['objects', 'keyring']) rmSync(join(directory, part), { recursive: true });
			await expect(admin`select`).rejects.toThrow();
			return async () => {
				await copy(at('keyring'), join(directory, 'keyring'));
				await postgres('psql', '--quiet', `--command=create database "${name}"`, root);
				await postgres('pg_restore', '--exit-on-error', `--dbname=${url}`, at('database'));
				await copy(at('objects'), join(directory, 'objects'));
			};
		},
		/** Copies the present database to another server, by the commands of the page, as the database `firmseal`. */
		async restoreOn(to: string) {
			writeFileSync(join(directory, 'firmseal-admin.conf'), section('firmseal', url) + section('restored', to));
			const root = Object.assign(new URL(to), { pathname: '/postgres' }).href;
			const superuser = await passwordsOf(SUPERUSER, root);
			await setPassword(url, 'of-the-old-server');
			try {
				await runBlock('pg_dumpall', directory);
			} finally {
				await setPassword(url, null);
			}
			await runBlock('pg_restore', directory);
			const passwords = await passwordsOf('%login', url);
			expect(passwords).toContain('SCRAM-SHA-256');
			expect(await passwordsOf('%login', to)).toBe(passwords);
			expect(await passwordsOf(SUPERUSER, to)).toBe(superuser);
		},
		objectsOf: (tag: string) => at(join('objects', tag)),
	};
}

export interface Found {
	readonly check: string;
	readonly ok: boolean | null;
	readonly fix: string | null;
}

/** The failed checks of doctor. Expects an exit code that agrees with them. */
export async function wrongAfterRestore(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Found[]> {
	const { code, result } = await firmsealJson(env, 'doctor', '--after-restore', ...args);
	const wrong = (result.findings as Found[]).filter(({ ok }) => ok === false);
	expect(code).toBe(wrong.length === 0 ? 0 : 1);
	return wrong;
}
