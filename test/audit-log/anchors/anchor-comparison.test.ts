import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openObjectAnchorStore } from '../../../src/adapters/anchors/index.ts';
import { openS3Objects } from '../../../src/adapters/objects-s3/index.ts';
import {
	type AnchorStore,
	type ComparisonParts,
	compareWithAnchors,
	writeNextAnchor,
} from '../../../src/audit-log/anchors/index.ts';
import { guardStore } from '../../../src/documents/index.ts';
import { newSigner } from '../../audit/verify/note-signer.ts';
import { embedded } from '../../support/own-servers.ts';
import {
	type Directory,
	EPOCH,
	INSTALLATION,
	type LogDatabase,
	makeDirectory,
	makeLogDatabase,
	partsOf,
} from './anchored.ts';
import { TrueLog } from './true-log.ts';

const NORTH = '0199f000-0000-7000-8000-00000000000a';

describe('a database compared with its anchors', () => {
	const made: LogDatabase[] = [];
	let database: LogDatabase;
	let directory: Directory;
	let log: TrueLog;

	beforeEach(async () => {
		database = await newDatabase();
		directory = await makeDirectory();
		log = new TrueLog({ installation: INSTALLATION });
	});
	afterEach(async () => {
		for (const each of made.splice(0)) await each.close();
		directory?.remove();
	});

	async function newDatabase(): Promise<LogDatabase> {
		const one = await makeLogDatabase(embedded);
		made.push(one);
		return one;
	}
	const compare = (of: LogDatabase = database, more: Partial<ComparisonParts> = {}) =>
		compareWithAnchors({
			plane: of.plane,
			store: directory.store,
			installation: INSTALLATION,
			vkeys: [log.signer.vkey],
			signal: new AbortController().signal,
			...more,
		});
	/** Adds leaves to the log, signs and anchors it. Returns the mark before. */
	async function goOn(heartbeats = 1): Promise<number> {
		const from = log.mark;
		log.append(NORTH, 2).checkpoint(NORTH);
		for (let n = 0; n < heartbeats; n++) log.heartbeat();
		log.sign();
		await log.into(database.admin, from);
		expect(await writeNextAnchor(partsOf(database, directory), EPOCH)).not.toBeNull();
		return from;
	}
	async function goOnTimes(times: number): Promise<void> {
		for (let n = 0; n < times; n++) await goOn();
	}
	/** A backup of the database at that mark: its leaves, and the anchors that it knew. */
	async function backup(mark: number, anchors: number): Promise<LogDatabase> {
		const restored = await newDatabase();
		await log.into(restored.admin, 0, mark);
		for (const { number, size, sha256 } of (await database.anchors()).slice(0, anchors))
			await restored.admin`insert into audit_anchors (number, size, sha256) values (${number}, ${size}, decode(${sha256}, 'hex'))`;
		return restored;
	}
	/** Changes the database as someone who may disable triggers. */
	const tamper = (statement: string) =>
		database.admin.begin(async (tx) => {
			for (const table of ['root_leaves', 'anchors']) await tx.unsafe(`alter table audit_${table} disable trigger all`);
			expect((await tx.unsafe(statement)).count).toBeGreaterThan(0);
		});
	function put(number: number, bytes: Uint8Array): void {
		mkdirSync(dirname(directory.pathOf(number)), { recursive: true, mode: 0o700 });
		writeFileSync(directory.pathOf(number), bytes, { mode: 0o600 });
	}

	it('is NONE before anything is anchored', async () => {
		expect(await compare()).toEqual({ state: 'NONE', number: null, why: null });
		log.publish();
		await log.into(database.admin);
		expect(await compare()).toEqual({ state: 'NONE', number: null, why: null });
	});

	it('is SOUND after every anchor, and when the log has grown since', async () => {
		for (let number = 0; number < 9; number++) {
			await goOn(number);
			expect(await compare()).toEqual({ state: 'SOUND', number, why: null });
		}
		const from = log.mark;
		log.append(NORTH, 3).publish(NORTH);
		await log.into(database.admin, from);
		expect(await compare()).toEqual({ state: 'SOUND', number: 8, why: null });
	});

	it('is SOUND after it was killed before it recorded the newest anchor', async () => {
		await goOnTimes(3);
		expect(await compare(await backup(log.mark, 2))).toEqual({ state: 'SOUND', number: 2, why: null });
		expect(await compare(await backup(log.mark, 0))).toEqual({ state: 'SOUND', number: 2, why: null });
	});

	it('is SOUND with an earlier key as well as with the current one', async () => {
		await goOn();
		const later = newSigner(`${INSTALLATION}/firmseal`);
		const from = log.mark;
		log.heartbeat().sign(later);
		await log.into(database.admin, from);
		expect(await compare(database, { vkeys: [later.vkey, log.signer.vkey] })).toMatchObject({
			state: 'SOUND',
			number: 0,
		});
		await writeNextAnchor(partsOf(database, directory), EPOCH);
		expect(await compare(database, { vkeys: [log.signer.vkey, later.vkey] })).toMatchObject({
			state: 'SOUND',
			number: 1,
		});
		expect(await compare()).toMatchObject({ state: 'DISAGREES', number: 1 });
	});

	it('is BEHIND if it is an older copy, whatever its age', async () => {
		const marks: number[] = [];
		for (let number = 0; number < 6; number++) marks.push(await goOn(number % 3));
		for (const [anchors, mark] of marks.entries()) {
			const found = await compare(await backup(mark, anchors));
			expect(found).toMatchObject({ state: 'BEHIND', number: 5 });
			expect(found.why).toMatch(
				/^Anchor 5 has \d+ leaves of the root tree, the database \d+: restore the log from its anchors\.$/,
			);
		}
		expect(await compare(await newDatabase())).toMatchObject({ state: 'BEHIND', number: 5 });
	});

	it('DISAGREES if it is an older copy that has grown by itself, beyond the anchors or not', async () => {
		await goOnTimes(2);
		const [mark, root] = [log.mark, log.root.length];
		for (let n = 0; n < 4; n++) await goOn(3);
		for (const more of [1, 6, 40]) {
			const restored = await backup(mark, 2);
			// Another history from here on, signed by the same key.
			const other = new TrueLog({ installation: INSTALLATION, signer: log.signer });
			other.root.push(...log.root.slice(0, root));
			for (let n = 0; n < more; n++) other.heartbeat();
			other.sign();
			await other.rootInto(restored.admin);
			const found = await compare(restored);
			// With fewer leaves than the next anchor has, the database does not contradict any anchor yet.
			expect([more, found.state]).toEqual([more, more === 1 ? 'BEHIND' : 'DISAGREES']);
		}
	});

	it.each<[what: string, attack: (newest: string) => void, why: RegExp]>([
		['is missing', (path) => rmSync(path), /^Anchor 2 was written and is missing in the store: /],
		[
			'is truncated',
			(path) => truncateSync(path, 300),
			/^Anchor 2 does not end with a checkpoint signed by a key of this log: /,
		],
		[
			'is empty',
			(path) => truncateSync(path, 0),
			/^Anchor 2 is not an anchor, or belongs to another number or installation: /,
		],
		[
			'has another leaf',
			(path) => writeFileSync(path, readFileSync(path, 'utf8').replace('log.read', 'log.rEad')),
			/^Anchor 2 is not the one that was written: /,
		],
		[
			'has a forged checkpoint',
			(path) => writeFileSync(path, readFileSync(path, 'utf8').replace(/firmseal\\n6\\n/, 'firmseal\\n5\\n')),
			/^Anchor 2 does not end with a checkpoint signed by a key of this log: /,
		],
		[
			'is of another installation',
			(path) => writeFileSync(path, readFileSync(path, 'utf8').replace('"installation":"seal', '"installation":"deal')),
			/^Anchor 2 is not an anchor, or belongs to another number or installation/,
		],
	])('DISAGREES if the newest anchor %s', async (what, attack, why) => {
		await goOnTimes(3);
		attack(directory.pathOf(2));
		const found = await compare();
		expect(found).toMatchObject({ state: 'DISAGREES', number: 2, why: expect.stringMatching(why) });
		expect(found.why).toMatch(
			what === 'is missing'
				? /: find out why, and bring it back from the copy of the anchors\.$/
				: /: leave the database and the anchors unchanged, find out which of them was changed, and restore the log from its anchors\.$/,
		);
	});

	it('DISAGREES if the previous anchor is copied over the newest, or beyond it', async () => {
		await goOnTimes(2);
		const newest = directory.bytesOf(1);
		put(1, directory.bytesOf(0));
		expect(await compare()).toMatchObject({ state: 'DISAGREES', number: 1 });
		put(1, newest);
		put(2, newest);
		expect(await compare()).toMatchObject({ state: 'DISAGREES', number: 2 });
	});

	it('DISAGREES if another writer anchors in the name of the log', async () => {
		await goOn();
		const stranger = new TrueLog({ installation: INSTALLATION });
		for (let n = 0; n < 9; n++) stranger.heartbeat();
		stranger.sign();
		put(
			1,
			Buffer.from(
				directory.linesOf(0)[0]?.replace('"number":0', '"number":1') +
					`\n${JSON.stringify({ checkpoint: stranger.notes.get(9) })}\n`,
			),
		);
		expect(await compare()).toMatchObject({
			state: 'DISAGREES',
			number: 1,
			why: expect.stringMatching(/^Anchor 1 does not end with a checkpoint signed by a key of this log: /),
		});
	});

	it.each([
		[
			'a hash of the root tree',
			'update audit_root_leaves set hashes = set_byte(hashes, octet_length(hashes) - 1, get_byte(hashes, octet_length(hashes) - 1) # 1) where index = 3',
		],
		[
			'the number of hashes of a leaf',
			'update audit_root_leaves set hashes = substring(hashes from 1 for 32) where index = 3',
		],
		['the newest leaves, now missing', 'delete from audit_root_leaves where index = 5'],
		['an older leaf, now missing', 'delete from audit_root_leaves where index = 3'],
		['its record of the anchor’s hash', "update audit_anchors set sha256 = sha256('x') where number = 2"],
		['its record of the anchor’s size', 'update audit_anchors set size = 5 where number = 2'],
	])('DISAGREES if the database has changed: %s', async (_, statement) => {
		await goOnTimes(3);
		expect(log.root).toHaveLength(6);
		await tamper(statement);
		expect(await compare()).toMatchObject({ state: 'DISAGREES', number: 2 });
	});

	it('DISAGREES if a required anchor in between is missing', async () => {
		const mark = await goOn();
		await goOnTimes(4);
		const store: AnchorStore = {
			...directory.store,
			read: (number, signal) => (number === 4 ? directory.store.read(number, signal) : Promise.resolve(null)),
		};
		expect(await compare(await backup(mark, 0), { store })).toMatchObject({ state: 'DISAGREES' });
	});

	it('is AWAY if the store does not answer, or refuses', async () => {
		await goOn();
		const credentials = { accessKeyId: 'tests', secretAccessKey: 'only-for-tests' };
		const of = { region: 'us-east-1', endpoint: 'http://127.0.0.1:1', credentials, bucket: 'anchors', kmsKeyId: null };
		const objects = guardStore(openS3Objects({ ...of, retainDays: 1 }));
		const store = openObjectAnchorStore({ objects, installation: INSTALLATION });
		expect(await compare(database, { store })).toEqual({
			state: 'AWAY',
			number: null,
			why: 'The object store does not answer: try again later.',
		});
		rmSync(directory.pathOf(0));
		mkdirSync(directory.pathOf(0));
		expect(await compare()).toMatchObject({ state: 'AWAY', why: expect.stringMatching(/is not a file/) });
	});
});
