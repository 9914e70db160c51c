import { execFileSync } from 'node:child_process';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openObjectAnchorStore } from '../../../src/adapters/anchors/index.ts';
import { openS3Objects } from '../../../src/adapters/objects-s3/index.ts';
import {
	AnchorConflictError,
	AnchorError,
	type AnchorStore,
	writeNextAnchor,
} from '../../../src/audit-log/anchors/index.ts';
import { guardStore } from '../../../src/documents/index.ts';
import { embedded } from '../../support/own-servers.ts';
import { mount, unmount, whyNoDisk } from '../../support/small-disk.ts';
import {
	type Directory,
	EPOCH,
	INSTALLATION,
	type LogDatabase,
	makeDirectory,
	makeLogDatabase,
	partsOf,
} from './anchored.ts';
import { NOBODYS, sha256Hex, TrueLog } from './true-log.ts';

const NORTH = '0199f000-0000-7000-8000-00000000000a';

const failed = (work: Promise<unknown>) =>
	work.then(
		() => 'nothing failed',
		(error: { name: string; reason?: string }) => [error.name, ...(error.reason ? [error.reason] : [])].join(' '),
	);

describe('an anchor under a fault', () => {
	let database: LogDatabase;
	let directory: Directory;
	let log: TrueLog;

	beforeEach(async () => {
		database = await makeLogDatabase(embedded);
		directory = await makeDirectory();
		log = new TrueLog({ installation: INSTALLATION });
		log.append(NORTH, 3).append(NOBODYS, 2).publish(NORTH, NOBODYS);
		await log.into(database.admin);
	});
	afterEach(async () => {
		await database?.close();
		directory?.remove();
	});

	const anchor = (more: Parameters<typeof partsOf>[2] = {}, epoch = EPOCH) =>
		writeNextAnchor(partsOf(database, directory, more), epoch);
	async function goOn(): Promise<void> {
		const from = log.mark;
		log.append(NORTH, 4).publish(NORTH);
		await log.into(database.admin, from);
	}
	/** A plane whose process is killed before it records the anchor. */
	const killed = () => ({
		read: database.plane.read,
		write: () => Promise.reject(new Error('killed')),
	});

	describe('whose writer was killed afterwards', () => {
		beforeEach(async () => {
			expect(await failed(anchor({ plane: killed() }))).toBe('Error');
			expect(await database.anchors()).toEqual([]);
			expect(existsSync(directory.pathOf(0))).toBe(true);
		});

		it('is adopted unchanged', async () => {
			const before = directory.bytesOf(0);
			expect(await anchor()).toMatchObject({ number: 0, size: 3, adopted: true, length: before.length });
			expect(directory.bytesOf(0).equals(before)).toBe(true);
			expect(await database.anchors()).toEqual([{ number: 0, size: 3, sha256: sha256Hex(before) }]);
			expect(await anchor()).toBeNull();
		});

		it('is adopted unchanged even if the log has grown, and the next anchor has the new entries', async () => {
			await goOn();
			expect(await anchor()).toMatchObject({ number: 0, size: 3, adopted: true });
			expect(await anchor()).toMatchObject({ number: 1, size: 5, adopted: false });
			expect(directory.linesOf(1)[0]).toContain(`"previous":"${sha256Hex(directory.bytesOf(0))}"`);
			expect(directory.linesOf(1)[1]).toContain('"from":3,');
		});
	});

	it('does not exist if its writer was killed midway, and is written again', async () => {
		const store: AnchorStore = {
			...directory.store,
			write: (number, body, signal) =>
				directory.store.write(
					number,
					(async function* () {
						for await (const piece of body) {
							yield piece;
							throw new Error('killed');
						}
					})(),
					signal,
				),
		};
		expect(await failed(anchor({ store }))).toBe('Error');
		expect([existsSync(directory.pathOf(0)), await database.anchors()]).toEqual([false, []]);
		expect(await anchor()).toMatchObject({ number: 0, adopted: false });
	});

	/** What someone who may write to the store, and knows its content, could have stored first. */
	describe.each<[what: string, of: () => Promise<string | Buffer>]>([
		['nothing', async () => ''],
		['a line without an end', async () => 'x'],
		['something else', async () => '{}\n{}\n'],
		['a truncated anchor of this log', async () => (await written()).subarray(0, -1)],
		['an anchor of this log, without its last line', async () => linesBefore(await written(), 1)],
		['an anchor of this log with extra data', async () => Buffer.concat([await written(), Buffer.from('{}\n')])],
		['an anchor of this log with another leaf', async () => replaced(await written(), '"sequence":2', '"sequence":7')],
		['an anchor of this log without a leaf', async () => withoutLine(await written(), 2)],
		['an anchor of this log under another number', async () => replaced(await written(), '"number":0', '"number":1')],
		['an anchor of another incarnation', async () => replaced(await written(), '"incarnation":1', '"incarnation":2')],
		['only a checkpoint of this log', async () => `${JSON.stringify({ checkpoint: log.notes.get(3) })}\n`],
		['a checkpoint never signed here', async () => replaced(await written(), 'firmseal\\n3\\n', 'firmseal\\n4\\n')],
		['an anchor of another log of the same name', () => ofAnother()],
	])('while the store has %s under its number', (_, of) => {
		it('stops, leaves the object unchanged, and records no anchor', async () => {
			const foreign = Buffer.from(await of());
			mkdirSync(dirname(directory.pathOf(0)), { recursive: true, mode: 0o700 });
			writeFileSync(directory.pathOf(0), foreign, { mode: 0o600 });
			expect(await failed(anchor())).toBe('AnchorConflictError');
			await expect(anchor()).rejects.toThrow(AnchorConflictError);
			await expect(anchor()).rejects.toMatchObject({ code: 'INTERNAL', number: 0 });
			expect(await database.anchors()).toEqual([]);
			expect(directory.bytesOf(0).equals(foreign)).toBe(true);
		});
	});

	it('stops if the previous anchor is stored once more under the next number', async () => {
		await anchor();
		await goOn();
		mkdirSync(dirname(directory.pathOf(1)), { recursive: true, mode: 0o700 });
		writeFileSync(directory.pathOf(1), directory.bytesOf(0), { mode: 0o600 });
		expect(await failed(anchor())).toBe('AnchorConflictError');
		expect(await database.anchors()).toHaveLength(1);
	});

	/** The anchor that this database would write. */
	async function written(): Promise<Buffer> {
		const elsewhere = await makeDirectory();
		try {
			await failed(writeNextAnchor(partsOf({ plane: killed() as never }, elsewhere), EPOCH));
			return elsewhere.bytesOf(0);
		} finally {
			elsewhere.remove();
		}
	}
	async function ofAnother(): Promise<Buffer> {
		const [other, elsewhere] = [await makeLogDatabase(embedded), await makeDirectory()];
		try {
			await new TrueLog({ installation: INSTALLATION }).append(NORTH, 3).publish(NORTH).into(other.admin);
			await writeNextAnchor(partsOf(other, elsewhere), EPOCH);
			return elsewhere.bytesOf(0);
		} finally {
			await other.close();
			elsewhere.remove();
		}
	}

	describe.each<[what: string, attack: (path: string) => void]>([
		['is truncated', (path) => truncateSync(path, 100)],
		['is empty', (path) => truncateSync(path, 0)],
		['is missing', (path) => rmSync(path)],
		['has a changed byte', (path) => writeFileSync(path, replaced(readFileSync(path), '"sequence":2', '"sequence":7'))],
		['is longer', (path) => writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from('\n')]))],
	])('if what was written %s when it is read back', (_, attack) => {
		it('is not recorded', async () => {
			const store: AnchorStore = {
				...directory.store,
				async write(number, body, signal) {
					const stored = await directory.store.write(number, body, signal);
					attack(directory.pathOf(number));
					return stored;
				},
			};
			expect(await failed(anchor({ store }))).toBe('AnchorConflictError');
			expect(await database.anchors()).toEqual([]);
		});
	});

	it('is not recorded if the store is unavailable, with an error', async () => {
		const credentials = { accessKeyId: 'tests', secretAccessKey: 'only-for-tests' };
		const endpoint = 'http://127.0.0.1:1';
		const objects = guardStore(
			openS3Objects({ region: 'us-east-1', endpoint, credentials, bucket: 'anchors', kmsKeyId: null, retainDays: 1 }),
		);
		const store = openObjectAnchorStore({ objects, installation: INSTALLATION });
		expect(await failed(anchor({ store }))).toBe('AnchorStoreError AWAY');
		expect(await database.anchors()).toEqual([]);
		expect(await anchor()).toMatchObject({ number: 0, adopted: false });
	});

	it('is not recorded if the directory is missing or others can reach it, with an error', async () => {
		rmSync(directory.path, { recursive: true });
		expect(await failed(anchor())).toMatch(/^AnchorStoreError (AWAY|REFUSED)$/);
		mkdirSync(directory.path, { mode: 0o700 });
		mkdirSync(dirname(directory.pathOf(0)), { mode: 0o777 });
		execFileSync('chmod', ['777', dirname(directory.pathOf(0))]);
		expect(await failed(anchor())).toBe('AnchorStoreError REFUSED');
		expect(await database.anchors()).toEqual([]);
	});

	it('is not recorded by a writer that lost the log to another, which adopts it', async () => {
		await database.admin`update audit_state set epoch = 5`;
		await expect(anchor({}, 4)).rejects.toThrow(AnchorError);
		expect(await failed(anchor({}, 4))).toBe('AnchorError EPOCH_LOST');
		expect(await database.anchors()).toEqual([]);
		expect(await anchor({}, 5)).toMatchObject({ number: 0, adopted: true });
		expect(await failed(anchor({}, 4))).toBe('nothing failed');
		await goOn();
		expect(await failed(anchor({}, 6))).toBe('AnchorError EPOCH_LOST');
		expect(await database.anchors()).toHaveLength(1);
	});

	it('ends if it is aborted, and none is recorded', async () => {
		expect(await failed(anchor({ signal: AbortSignal.abort() }))).toBe('AnchorStoreError AWAY');
		expect([existsSync(directory.pathOf(0)), await database.anchors()]).toEqual([false, []]);
	});

	it.each([
		['of two lines', "leaf || E'\\n'"],
		['with a terminal control character', "replace(leaf, 'log.read', U&'log.\\009b2Jread')"],
		['with a non-ASCII letter', "replace(leaf, 'log.read', 'log.réad')"],
		['of more than 65,536 bytes', "leaf || repeat(' ', 65536)"],
	])('contains no entry %s, even if the rule against it was removed', async (_, written) => {
		await database.admin.begin(async (tx) => {
			for (const rule of ['printable', 'size'])
				await tx.unsafe(`alter table audit_entries drop constraint audit_entries_leaf_${rule}`);
			for (const table of ['entries', 'leaves']) await tx.unsafe(`alter table audit_${table} disable trigger all`);
			const [first] = await tx.unsafe(`update audit_entries e set leaf = ${written} from audit_leaves l
				where l.entry_id = e.id and tree = '${NORTH}' and index = 0 returning e.id, e.leaf`);
			await tx`update audit_leaves set hashes = sha256('\\x00'::bytea || convert_to(${first?.leaf}, 'UTF8')) where entry_id = ${first?.id}`;
		});
		expect(await failed(anchor())).toBe('AnchorError DAMAGED');
		expect(existsSync(directory.pathOf(0))).toBe(false);
	});

	describe.each<[what: string, attack: string]>([
		[
			'an entry is missing',
			'delete from audit_entries where id = (select entry_id from audit_leaves where index = 1 limit 1)',
		],
		[
			'an entry is changed',
			`update audit_entries set leaf = replace(leaf, 'log.read', 'log.rEad') where id = (select entry_id from audit_leaves where index = 1 limit 1)`,
		],
		['a leaf is missing', `delete from audit_leaves where tree = '${NORTH}' and index = 1`],
		[
			'a leaf belongs to another entry',
			`update audit_leaves set entry_id = gen_random_uuid() where tree = '${NORTH}' and index = 0`,
		],
		['a leaf of the root tree is missing', 'delete from audit_root_leaves where index = 1'],
		['a leaf of the root tree is changed', "update audit_root_leaves set leaf = leaf || ' ' where index = 2"],
		['a checkpoint is of another installation', "update audit_root_checkpoints set note = 'else' || note"],
		['a checkpoint is of another size', 'update audit_root_checkpoints set size = 2'],
	])('after %s in the database, with its triggers disabled', (_, attack) => {
		it('is not written', async () => {
			await database.admin.begin(async (tx) => {
				for (const table of ['entries', 'leaves', 'root_leaves', 'root_checkpoints'])
					await tx.unsafe(`alter table audit_${table} disable trigger all`);
				const { count } = await tx.unsafe(attack);
				expect(count).toBe(1);
			});
			expect(await failed(anchor())).toBe('AnchorError DAMAGED');
			expect([existsSync(directory.pathOf(0)), await database.anchors()]).toEqual([false, []]);
		});
	});

	const reason = whyNoDisk();
	it.skipIf(reason !== null)(
		`leaves nothing on a full disk, and is written once there is space${reason ? ` (skipped: ${reason})` : ''}`,
		async () => {
			const disk = mkdtempSync(join(tmpdir(), 'firmseal-disk-'));
			mount(disk);
			try {
				const small = await makeDirectory(disk);
				writeFileSync(join(disk, 'ballast'), Buffer.alloc(800_000));
				const from = log.mark;
				log.append(NORTH, 200, { note: 'n'.repeat(2_000) }).publish(NORTH);
				await log.into(database.admin, from);
				expect(await failed(anchor({ store: small.store }))).toBe('AnchorStoreError FULL');
				expect([readdirSync(disk), await database.anchors()]).toEqual([['ballast'], []]);
				rmSync(join(disk, 'ballast'));
				expect(await anchor({ store: small.store })).toMatchObject({ number: 0, adopted: false });
			} finally {
				unmount(disk);
				rmSync(disk, { recursive: true });
			}
		},
	);
});

function replaced(bytes: Buffer, what: string, by: string): Buffer {
	const changed = Buffer.from(bytes.toString().replace(what, by));
	expect(changed.equals(bytes)).toBe(false);
	return changed;
}
const linesBefore = (bytes: Buffer, last: number) =>
	`${bytes
		.toString()
		.split('\n')
		.slice(0, -1 - last)
		.join('\n')}\n`;
const withoutLine = (bytes: Buffer, index: number) => bytes.toString().split('\n').toSpliced(index, 1).join('\n');
