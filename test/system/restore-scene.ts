import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import type { TestInstallation } from '../support/installation.ts';
import { findPostgres } from '../support/servers.ts';
import { firmsealJson } from './program.ts';

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

const PASSWORDS = `select rolname, rolpassword from pg_authid where rolname like '%login' and rolpassword is not null order by 1`;

/** The copies that docs/operations.md has made: the database first, then the objects; the keys at another place. */
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
		/** The database as it is now, on another server; `to` names one there that is not there yet. */
		async restoreOn(to: string) {
			const [roles, database] = [at('roles.sql'), at('present')];
			await postgres('pg_dumpall', '--roles-only', `--file=${roles}`, `--dbname=${url}`);
			await postgres('pg_dump', '--format=custom', `--file=${database}`, url);
			const { pathname } = new URL(to);
			const root = Object.assign(new URL(to), { pathname: '/postgres' }).href;
			// Its own superuser is there already.
			await postgres('psql', '--quiet', `--file=${roles}`, root);
			await postgres('psql', '--quiet', `--command=create database "${pathname.slice(1)}"`, root);
			await postgres('pg_restore', '--exit-on-error', `--dbname=${to}`, database);
			const passwords = await postgres('psql', '-At', `--command=${PASSWORDS}`, url);
			expect(passwords).toContain('SCRAM-SHA-256');
			expect(await postgres('psql', '-At', `--command=${PASSWORDS}`, to)).toBe(passwords);
		},
		objectsOf: (tag: string) => at(join('objects', tag)),
	};
}

export interface Found {
	readonly check: string;
	readonly ok: boolean | null;
	readonly mend: string | null;
}

/** What doctor finds wrong; its exit code says the same. */
export async function wrongAfterRestore(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Found[]> {
	const { code, result } = await firmsealJson(env, 'doctor', '--after-restore', ...args);
	const wrong = (result.findings as Found[]).filter(({ ok }) => ok === false);
	expect(code).toBe(wrong.length === 0 ? 0 : 1);
	return wrong;
}
