import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SUPERUSER, startEmbeddedServer } from '../../src/database/index.ts';
import { everythingIn, makeUnpublished } from '../database/unpublished-chain.ts';
import { endAll, firmseal, firmsealJson, launch, newDirectory, postmasterOf, START } from '../system/program.ts';

describe('a data directory of a version before the first published one', () => {
	const directory = newDirectory();
	const env = { FIRMSEAL_DATA_DIR: directory, FIRMSEAL_PORT: '0' };
	const sentence = `The database in ${directory} has the migrations of another program, or of a version of Firmseal that was never published and has no upgrade: set FIRMSEAL_DATA_DIR to a new directory. Nothing in the database was changed.`;
	let before: Awaited<ReturnType<typeof everythingIn>>;

	async function inDatabase<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
		const server = await startEmbeddedServer({ directory: join(directory, 'postgres') });
		const sql = postgres(server.urlOf(SUPERUSER), { max: 1, onnotice: () => {} });
		try {
			return await work(sql);
		} finally {
			await sql.end();
			await server.stop();
		}
	}

	beforeAll(async () => {
		await inDatabase(makeUnpublished);
		before = await inDatabase(everythingIn);
	});
	afterAll(endAll);

	it('is refused by init, which creates no keyring', async () => {
		expect(await firmseal(env, 'init')).toMatchObject({ code: 1, stdout: '', stderr: `firmseal: ${sentence}\n` });
	});

	it('is refused by serve and by npm start', async () => {
		expect(await firmseal(env, 'serve')).toMatchObject({ code: 1, stdout: '', stderr: `firmseal: ${sentence}\n` });
		const started = await launch(env, process.execPath, [START]).ended;
		expect(started).toMatchObject({ code: 1, stderr: expect.stringContaining(sentence) });
	});

	it('is reported by doctor', async () => {
		const { code, ok, error } = await firmsealJson(env, 'doctor');
		expect({ code, ok, message: error.message }).toMatchObject({ code: 1, ok: false, message: sentence });
	});

	it('is not changed, and no server is left running', async () => {
		expect(postmasterOf(directory)).toBeNull();
		expect(readdirSync(directory)).toEqual(['postgres']);
		expect(await inDatabase(everythingIn)).toEqual(before);
	});
});
