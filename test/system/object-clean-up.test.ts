import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/api/index.ts';
import type { Plane } from '../../src/database/index.ts';
import {
	deleteScheduledObjects,
	type ObjectDeletionParts,
	type ObjectStore,
	ObjectStoreError,
} from '../../src/documents/index.ts';
import { startWorker } from '../../src/processes/worker.ts';
import { openKeyring, openLog, openObjects, openPlaneOf } from '../../src/wiring/index.ts';
import type { TestFirm, TestInstallation } from '../support/installation.ts';
import { bytesOf, newName, tagOf, write } from '../support/objects.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { until } from './program.ts';

describe('objects that no file uses any more', () => {
	let installation: TestInstallation;
	let north: TestFirm;
	let store: ObjectStore;
	let parts: ObjectDeletionParts;
	const closing: (() => Promise<unknown>)[] = [];

	beforeAll(async () => {
		({ installation, north } = await makePopulated(embedded));
		store = await openObjects(installation.config);
		parts = newParts();
	});
	afterEach(() => installation.admin`delete from stored_objects`);
	afterAll(async () => {
		for (const close of closing.reverse()) await close();
		await installation?.close();
	});

	/** The parts that a separate worker has. */
	function newParts(): ObjectDeletionParts {
		const plane = openPlaneOf(installation.database, 'firmseal_worker', 4);
		const logPlane = openPlaneOf(installation.database, 'firmseal_worker', 1);
		const audit = openLog(logPlane);
		closing.push(() => Promise.all([plane.close(), audit.close().then(() => logPlane.close())]));
		return { plane, store, audit };
	}

	interface Stored {
		readonly tag: string;
		readonly version: string;
	}

	/** Stores an object with its row, last touched three minutes ago. */
	async function add(state: 'UPLOADING' | 'STORED' | 'DELETING'): Promise<Stored> {
		const [name, version] = [newName(), uuidv7()];
		const { size, sha256 } = await write(store, name, bytesOf(100));
		await installation.admin`insert into stored_objects (tag, firm_id, document_id, version_id, state, size, sha256, touched_at)
			values (${tagOf(name)}, ${north.id}, ${uuidv7()}, ${version}, ${state}, ${size}, ${Buffer.from(sha256)}, now() - interval '3 minutes')`;
		return { tag: tagOf(name), version };
	}
	const path = (tag: string) => join(installation.config.dataDir, 'objects', tag);
	const isStored = ({ tag }: Stored) => existsSync(path(tag));
	const isKnown = async ({ tag }: Stored) =>
		(await installation.admin`select 1 from stored_objects where tag = ${tag}`).length === 1;
	const entriesOf = async ({ version }: Stored) =>
		(
			await installation.admin`select leaf::json as leaf from audit_entries
				where leaf::json ->> 'action' = 'object.delete' and leaf::json -> 'records' ->> 0 = ${recordOf(version)}`
		).map(({ leaf }) => leaf);
	/** Moves the last attempt three minutes into the past. */
	const letPass = () =>
		installation.admin`update stored_objects set touched_at = now() - interval '3 minutes' where state = 'DELETING'`;
	const isGone = async (object: Stored) => {
		expect(isStored(object)).toBe(false);
		expect(await isKnown(object)).toBe(false);
	};

	it('are deleted from the store, recorded in the firm’s log, and then deleted from the table', async () => {
		const [silent, doomed, stored] = [await add('UPLOADING'), await add('DELETING'), await add('STORED')];
		expect(await deleteScheduledObjects(parts)).toMatchObject({ deleted: 2, failure: null, more: false });
		for (const object of [silent, doomed]) {
			await isGone(object);
			expect(await entriesOf(object)).toMatchObject([
				{ action: 'object.delete', decision: 'ALLOWED', firm: north.id, plane: 'worker', actor: { kind: 'system' } },
			]);
		}
		expect([isStored(stored), await isKnown(stored)]).toEqual([true, true]);
		expect(await deleteScheduledObjects(parts)).toMatchObject({ deleted: 0, failure: null });
	});

	it('are deleted once each by several concurrent workers', async () => {
		const objects = await Promise.all(Array.from({ length: 30 }, () => add('DELETING')));
		const rounds = await Promise.all([parts, newParts(), newParts()].map(deleteScheduledObjects));
		expect(rounds.reduce((sum, { deleted }) => sum + deleted, 0)).toBe(30);
		for (const object of objects) {
			await isGone(object);
			expect(await entriesOf(object)).toHaveLength(1);
		}
	});

	it('stay scheduled while the store is unavailable', async () => {
		const objects = await Promise.all(Array.from({ length: 9 }, () => add('DELETING')));
		let asked = 0;
		const unavailable = {
			...store,
			async delete() {
				asked += 1;
				throw new ObjectStoreError('AWAY', 'away');
			},
		};
		const { deleted, failure } = await deleteScheduledObjects({ ...parts, store: unavailable });
		expect({ deleted: deleted, failure }).toMatchObject({ deleted: 0, failure: { error: { reason: 'AWAY' } } });
		// The sweep stops after a few failures instead of trying every object.
		expect(asked).toBe(4);
		expect(await deleteScheduledObjects(parts)).toMatchObject({ deleted: 0 });
		await letPass();
		expect(await deleteScheduledObjects(parts)).toMatchObject({ deleted: 9, failure: null });
		for (const object of objects) {
			await isGone(object);
			expect(await entriesOf(object)).toHaveLength(1);
		}
	});

	it('are deleted even if one of them cannot be deleted', async () => {
		const objects = await Promise.all(Array.from({ length: 9 }, () => add('DELETING')));
		const [locked] = objects as [Stored];
		const refusing: ObjectStore = {
			...store,
			delete(tag) {
				if (tag === locked.tag) throw new ObjectStoreError('REFUSED', 'refused');
				return store.delete(tag);
			},
		};
		const { deleted, failure } = await deleteScheduledObjects({ ...parts, store: refusing });
		expect({ deleted: deleted, failure }).toMatchObject({ deleted: 8, failure: { error: { reason: 'REFUSED' } } });
		expect([isStored(locked), await isKnown(locked)]).toEqual([true, true]);
	});

	it('are deleted in the end, no matter at which step the process was killed', async () => {
		const killed = new Error('killed');
		const dieAfterwards =
			<Args extends unknown[]>(work: (...args: Args) => Promise<unknown>) =>
			async (...args: Args): Promise<never> => {
				await work(...args);
				throw killed;
			};
		const { plane, audit } = parts;
		/** Dies in the transaction that deletes the object's row, after all its statements. */
		const uncommitted: Plane = {
			...plane,
			write: (firm, work) =>
				plane.write(firm, async (tx) => {
					const result = await work(tx);
					if (result === true) throw killed;
					return result;
				}),
		};
		const deaths: Record<string, [Partial<ObjectDeletionParts>, number]> = {
			'after the store': [{ store: { ...store, delete: dieAfterwards(store.delete) } }, 0],
			'before the entry': [{ audit: { append: () => Promise.reject(killed) } }, 0],
			'after the entry': [{ audit: { append: dieAfterwards(audit.append) } }, 1],
			'before the commit': [{ plane: uncommitted }, 1],
		};
		for (const [where, [dying, entries]] of Object.entries(deaths)) {
			const object = await add('UPLOADING');
			const { failure } = await deleteScheduledObjects({ ...parts, ...dying });
			expect(failure, where).not.toBeNull();
			expect(await isKnown(object), where).toBe(true);
			expect(await entriesOf(object), where).toHaveLength(entries);
			await letPass();
			await deleteScheduledObjects(parts);
			await isGone(object);
			// The deletion is always recorded. A second record of it is harmless.
			expect(await entriesOf(object), where).toHaveLength(entries + 1);
		}
	});

	it('are deleted by the worker without the firm’s key, and it reports an unavailable store once', async () => {
		const { state } = await (await openKeyring(installation.config, 'worker')).disableKey(north.id);
		expect(state).toBe('DISABLED');
		const left = path(randomUUID());
		mkdirSync(left, { mode: 0o700 });
		const unfinished = join(left, `.${randomUUID()}.new`);
		writeFileSync(unfinished, 'half', { mode: 0o600 });
		const days = new Date(Date.now() - 2 * 86_400_000);
		utimesSync(unfinished, days, days);
		const lines: string[] = [];
		const logger = createLogger({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } });
		const worker = await startWorker(installation.config, installation.database, logger);
		const logged = (text: string) => lines.filter((line) => line.includes(text));
		try {
			// The worker logs this after the whole sweep, which also covers other objects.
			await until(() => logged('removed the remains of unfinished uploads').length > 0);
			expect(existsSync(left)).toBe(false);
			expect(logged('removed the remains of unfinished uploads')).toHaveLength(1);
			const first = await add('UPLOADING');
			await until(async () => !(await isKnown(first)));
			await isGone(first);

			const second = await add('DELETING');
			const directory = join(installation.config.dataDir, 'objects');
			renameSync(directory, `${directory}.away`);
			writeFileSync(directory, 'no directory');
			for (let attempt = 0; attempt < 3; attempt++) {
				await letPass();
				await until(
					async () =>
						(await installation.admin`select 1 from stored_objects where touched_at > now() - interval '1 minute'`)
							.length === 1,
				);
			}
			await until(() => logged('could not delete objects').length > 0);
			expect(logged('could not delete objects')).toHaveLength(1);
			expect(logged(second.tag)).toEqual([]);
			rmSync(directory);
			renameSync(`${directory}.away`, directory);
			await letPass();
			await until(async () => !(await isKnown(second)));
			await isGone(second);
			await until(() => logged('deleting objects works again').length > 0);
		} finally {
			await worker.stop();
		}
	});
});

/** The id as an entry has it (src/audit/FORMAT.md). */
const recordOf = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
