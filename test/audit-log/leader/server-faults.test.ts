import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { systemEntry } from '../../../src/audit/index.ts';
import { openLog, openPlaneOf } from '../../../src/wiring/index.ts';
import { makeInstallation, type TestInstallation, untilPublished } from '../../support/installation.ts';
import { findPostgres, type OwnExternal, startExternal } from '../../support/servers.ts';
import { fill, mount, unmount, whyNoDisk } from '../../support/small-disk.ts';
import { until } from '../../system/program.ts';

const MIB = 2 ** 20;
const WRITERS = 8;

/** A system PostgreSQL server with an installation whose log is kept. Tests stop the server or fill its disk. */
const noServer = findPostgres() ? '' : ' (skipped: no PostgreSQL of the system)';

describe.skipIf(noServer)(`the log on a server of its own${noServer}`, () => {
	const ends: (() => unknown)[] = [];
	afterEach(async () => {
		for (const end of ends.splice(0).reverse()) await end();
	});

	async function start(directory: string): Promise<{ server: OwnExternal; installation: TestInstallation }> {
		const server = await startExternal(join(directory, 'server'));
		if (!server) throw new Error('no PostgreSQL');
		ends.push(() => server.stop('immediate').catch(() => {}));
		const installation = await makeInstallation(server.server);
		ends.push(() => installation.close());
		await installation.keepLog();
		return { server, installation };
	}

	/** Writers, each with its own boot, until they are ended: ids of the acknowledged entries, and the number of refusals. */
	function write({ database }: TestInstallation) {
		const written: string[] = [];
		let [refused, isOver] = [0, false];
		const codes = new Set<unknown>();
		const writers = Array.from({ length: WRITERS }, async () => {
			const plane = openPlaneOf(database, 'firmseal_worker', 1);
			const log = openLog(plane);
			while (!isOver) {
				try {
					written.push(...(await log.append([systemEntry('worker', { action: 'process.start' })])));
				} catch (error) {
					refused += 1;
					codes.add((error as { code?: unknown }).code);
					await delay(20);
				}
			}
			await log.close();
			await plane.close();
		});
		return {
			written,
			refused: () => refused,
			async end() {
				isOver = true;
				await Promise.all(writers);
				return [...codes];
			},
		};
	}

	/** Every acknowledged entry is stored, and every entry is one leaf, signed and published. */
	async function isWhole(installation: TestInstallation, written: readonly string[]): Promise<void> {
		const { admin } = installation;
		await untilPublished(admin, () => admin`select pg_sleep(0.05)`);
		let seen: Record<string, unknown> = {};
		// The leader itself appends an entry when it opens its key again.
		await until(async () => {
			const [row = {}] = await admin`select
					(select count(*)::int from audit_entries where id = any(${written as string[]})) as written,
					(select count(*)::int from audit_entries) as entries, (select count(*)::int from audit_leaves) as leaves,
					(select count(distinct entry_id)::int from audit_leaves) as once,
					(select count(*)::int from audit_gaps) as gaps`;
			seen = row;
			return row.leaves === row.entries;
		});
		expect(seen).toMatchObject({ written: written.length, once: seen.entries, gaps: 0 });
	}

	it('that crashes and restarts repeatedly, under load', async () => {
		const directory = mkdtempSync(join(tmpdir(), 'firmseal-server-'));
		ends.push(() => rmSync(directory, { recursive: true, force: true }));
		const { server, installation } = await start(directory);
		const writing = write(installation);
		for (const mode of ['immediate', 'fast', 'immediate'] as const) {
			const before = writing.written.length;
			await until(async () => writing.written.length > before + 50);
			const refused = writing.refused();
			await server.stop(mode);
			await until(async () => writing.refused() > refused);
			await server.start();
		}
		const before = writing.written.length;
		await until(async () => writing.written.length > before + 50);
		expect(await writing.end()).toEqual(['AUDIT_UNAVAILABLE']);
		await isWhole(installation, writing.written);
	}, 120_000);

	const noDisk = whyNoDisk();
	it.skipIf(noDisk !== null)(
		`whose disk is full refuses, and continues once there is space${noDisk ? ` (skipped: ${noDisk})` : ''}`,
		async () => {
			const directory = mkdtempSync(join(tmpdir(), 'firmseal-server-'));
			ends.push(() => rmSync(directory, { recursive: true, force: true }));
			mount(directory, 400 * MIB);
			ends.push(() => unmount(directory));
			const { server, installation } = await start(directory);
			const writing = write(installation);
			await until(async () => writing.written.length > 50);
			const ballast = join(directory, 'ballast');
			fill(ballast);
			await until(async () => writing.refused() > 3 * WRITERS);
			const at = writing.written.length;
			const refused = writing.refused();
			await until(async () => writing.refused() > refused + 20 * WRITERS);
			// Nothing is acknowledged that doesn't fit.
			expect(writing.written.length - at).toBeLessThan(WRITERS);
			rmSync(ballast);
			// Without space for its write-ahead log, the server itself has stopped.
			await server.stop('immediate').catch(() => {});
			await server.start();
			const before = writing.written.length;
			await until(async () => writing.written.length > before + 50);
			expect(await writing.end()).toEqual(['AUDIT_UNAVAILABLE']);
			await isWhole(installation, writing.written);
		},
		180_000,
	);
});
