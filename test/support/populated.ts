import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import postgres from 'postgres';
import {
	copyDirectory,
	type InstallationOptions,
	makeInstallation,
	type TestFirm,
	type TestInstallation,
} from './installation.ts';
import { type Person, personOf } from './person.ts';
import type { TestServer } from './servers.ts';

/** An installation with two firms and the platform's people. */
export interface Populated {
	readonly installation: TestInstallation;
	readonly north: TestFirm;
	readonly harbour: TestFirm;
	readonly operator: Person;
	readonly approver: Person;
	readonly second: Person;
	readonly auditor: Person;
}

/** An installation with people, copied from one that is made once per server. All copies have the same ids. */
export async function makePopulated(server: TestServer, options: InstallationOptions = {}): Promise<Populated> {
	const original = { database: 'populated', directory: join(dirname(server.files), 'populated') };
	const people = `${original.directory}.json`;
	if (!existsSync(people)) {
		// Renamed in one step, so that a killed worker leaves all of it or nothing.
		writeFileSync(`${people}.new`, JSON.stringify(await populate(server, original)));
		renameSync(`${people}.new`, people);
	}
	const installation = await makeInstallation(server, { ...options, original });
	const revive = (_: string, value: unknown) =>
		typeof value === 'string' && value.startsWith('eyJ') ? personOf(installation.directory, value) : value;
	return { installation, ...JSON.parse(readFileSync(people, 'utf8'), revive) };
}

async function populate(server: TestServer, { database, directory }: { database: string; directory: string }) {
	const installation = await makeInstallation(server);
	const root = postgres(server.url, { max: 1, onnotice: () => {} });
	try {
		const population: Omit<Populated, 'installation'> = {
			north: await installation.addFirm('north'),
			harbour: await installation.addFirm('harbour'),
			operator: await installation.addOperator('OPERATOR'),
			approver: await installation.addOperator('APPROVER'),
			second: await installation.addOperator('APPROVER'),
			auditor: await installation.addOperator('AUDITOR'),
		};
		// PostgreSQL copies a database only while it has no connections.
		await Promise.all([installation.admin.end(), installation.adminContext.close()]);
		// Left by a crashed worker.
		await root`drop database if exists ${root(database)}`;
		rmSync(directory, { recursive: true, force: true });
		await root`create database ${root(database)} template ${root(installation.name)}`;
		mkdirSync(directory, { mode: 0o700 });
		copyDirectory(installation.directory, directory);
		return population;
	} finally {
		await root.end();
		await installation.close();
	}
}
