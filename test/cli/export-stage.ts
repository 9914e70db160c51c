import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Person } from '../support/person.ts';
import { endAll, newDirectory } from '../system/program.ts';
import { type ExportProxy, type ProxyOptions, startExportProxy } from './export-proxy.ts';
import { assertSound, type ExportScene, makeExportScene, readExport, TABLES } from './export-scene.ts';

export let scene: ExportScene;
export let directory: string;
export const proxies: ExportProxy[] = [];

/** Creates the scene for the tests of a file. Closes every proxy after each test. */
export function exportFirms(): void {
	beforeAll(async () => {
		directory = newDirectory();
		scene = await makeExportScene();
	}, 240_000);
	afterEach(async () => {
		await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
	});
	afterAll(async () => {
		await endAll();
		await scene?.installation.close();
	});
}

export const at = (name: string) => join(directory, name);
export const as = (token: Person | string, url = scene.api.url) => ({ FIRMSEAL_URL: url, FIRMSEAL_TOKEN: `${token}` });
export const exporting = (name: string, ...args: string[]) => ['firm', 'export', '--out', at(name), ...args] as const;
export async function proxied(options: ProxyOptions = {}): Promise<ExportProxy> {
	const proxy = await startExportProxy(scene.api.url, options);
	proxies.push(proxy);
	return proxy;
}

/** Expects that the export has exactly the records of the database, each in its file. */
export async function expectWhole(name: string): Promise<void> {
	assertSound(at(name));
	const { records, manifest } = readExport(at(name));
	expect(manifest.failures).toEqual([]);
	for (const [file, table] of Object.entries(TABLES)) {
		const rows = await scene.admin`select id from ${scene.admin(table)} where firm_id = ${scene.north.id}`;
		const ids = records(file).map(({ id }) => id);
		expect([file, ids.toSorted()]).toEqual([file, rows.map(({ id }) => id).toSorted()]);
	}
}
