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

/** A program of PostgreSQL. @throws what it writes to standard error. */
async function postgres(name: string, ...args: string[]): Promise<string> {
	const bin = findPostgres()?.bin ?? String;
	return (await run(bin(name), args, { maxBuffer: 2 ** 26 })).stdout;
}

/** Owners, modes and times as they are: what others could reach is refused. */
export async function copy(from: string, to: string): Promise<void> {
	rmSync(to, { recursive: true, force: true });
	await run('cp', ['-a', from, to]);
}

const page = readFileSync(join(PROJECT, 'docs/how-to/back-up-and-restore.md'), 'utf8');
const BLOCKS = [...page.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(([, block = '']) => block);

/** Runs the block of the page that has `command`, as it stands, with its copies and its file of services in `directory`. */
async function runBlock(command: string, directory: string): Promise<void> {
	const block = BLOCKS.find((text) => text.includes(command)) ?? '';
	// The test runs the program itself.
	const script = block.replaceAll(/^ *npx .*$/gm, '').replaceAll('/copies', join(directory, 'copies'));
	const PATH = `${dirname(findPostgres()?.bin('psql') ?? '')}:${process.env.PATH}`;
	await run('sh', ['-ec', script], { env: { HOME: directory, PATH } });
}

/** A section of the file of services: the way to a database, as the page has it written. */
function section(name: string, url: string): string {
	const { hostname, port, pathname, username, password } = new URL(url);
	const way = { host: hostname, port, dbname: pathname.slice(1), user: username, password };
	return [`[${name}]`, ...Object.entries(way).map(([key, value]) => `${key}=${value}`), ''].join('\n');
}

const passwordsOf = (logins: string, url: string) =>
	postgres(
		'psql',
		'-At',
		`--command=select rolname, rolpassword from pg_authid where rolname like '${logins}' order by 1`,
		url,
	);

/** Of the superuser; null: none. */
async function setPassword(url: string, password: string | null): Promise<void> {
	const value = password === null ? 'null' : `'${password}'`;
	await postgres('psql', '--quiet', `--command=alter role ${SUPERUSER} password ${value}`, url);
}

/** From its next start on the server lets no one in without a password. The URL of its superuser, for a database that is restored. */
export async function askForPasswords({ server: { url, files }, start, stop }: OwnExternal): Promise<string> {
	const password = 'of-the-new-server';
	await setPassword(url, password);
	await stop();
	writeFileSync(join(files, 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n');
	await start();
	return Object.assign(new URL(url), { password, pathname: '/firmseal' }).href;
}

/** The copies that docs/how-to/back-up-and-restore.md has made: the database first, then the objects; the keys at another place. */
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
		/** Database, objects and keys. The anchors are where nobody can take them away. */
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
		/** The database as it is now, by the commands of the page, as the database `firmseal` of another server. */
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

/** What doctor finds wrong; its exit code says the same. */
export async function wrongAfterRestore(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Found[]> {
	const { code, result } = await firmsealJson(env, 'doctor', '--after-restore', ...args);
	const wrong = (result.findings as Found[]).filter(({ ok }) => ok === false);
	expect(code).toBe(wrong.length === 0 ? 0 : 1);
	return wrong;
}
