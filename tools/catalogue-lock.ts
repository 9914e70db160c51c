import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	CATALOGUE_LOCK_FILE,
	openPlane,
	prepareDatabase,
	readCatalogue,
	SUPERUSER,
	startEmbeddedServer,
} from '../src/database/index.ts';

/** Writes the catalogue of an empty database after all migrations. Start-up and doctor compare every other database with it. */
const directory = mkdtempSync(join(tmpdir(), 'firmseal-catalogue-'));
const server = await startEmbeddedServer({ directory: join(directory, 'postgres') });
try {
	await prepareDatabase(server.urlOf(SUPERUSER), []);
	const plane = openPlane({ url: server.urlOf(SUPERUSER), role: 'firmseal_worker', connections: 1 });
	const lines = await readCatalogue(plane);
	await plane.close();
	const head = '# Written by `npm run generate` from the migrations beside it.';
	writeFileSync(CATALOGUE_LOCK_FILE, `${[head, ...lines].join('\n')}\n`);
} finally {
	await server.stop();
	rmSync(directory, { recursive: true, force: true });
}
