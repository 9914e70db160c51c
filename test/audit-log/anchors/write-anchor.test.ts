import { statSync } from 'node:fs';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type WrittenAnchor, writeAnchor, writeNextAnchor } from '../../../src/audit-log/anchors/index.ts';
import { servers } from '../../support/both-servers.ts';
import { draws } from '../../support/scale.ts';
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
const HARBOUR = '0199f000-0000-7000-8000-00000000000b';

describe.each(servers)('an anchor on $name', (server) => {
	let database: LogDatabase;
	let directory: Directory;
	let log: TrueLog;
	let put: number;

	beforeEach(async () => {
		put = 0;
		database = await makeLogDatabase(server);
		directory = await makeDirectory();
		log = new TrueLog({ installation: INSTALLATION });
	});
	afterEach(async () => {
		await database?.close();
		directory?.remove();
	});

	/** Writes everything new into the database, and anchors it. */
	async function anchor(page?: number): Promise<WrittenAnchor | null> {
		await log.into(database.admin, put);
		put = log.mark;
		return writeNextAnchor(partsOf(database, directory, page ? { page } : {}), EPOCH);
	}

	it.each([1, 2, 3, 100])('has exactly these bytes, with %i leaves per query', async (page) => {
		log.append(NORTH, 5).append(NOBODYS, 1).append(HARBOUR, 3, { note: 'Zoe "\\" \t\b' });
		log.publish(HARBOUR, NORTH, NOBODYS);
		// No signed checkpoint covers these two.
		log.append(NORTH, 2).checkpoint(NORTH);
		log.append(HARBOUR, 1);
		const anchored = await anchor(page);
		const expected = [
			'{"format":"firmseal-audit-anchor","incarnation":1,"installation":"seal.example","number":0,"previous":null,"v":1}',
			`{"from":0,"origin":"seal.example/firmseal/${NOBODYS}","to":1}`,
			...log.leavesOf(NOBODYS),
			`{"from":0,"origin":"seal.example/firmseal/${NORTH}","to":5}`,
			...log.leavesOf(NORTH).slice(0, 5),
			`{"from":0,"origin":"seal.example/firmseal/${HARBOUR}","to":3}`,
			...log.leavesOf(HARBOUR).slice(0, 3),
			'{"from":0,"origin":"seal.example/firmseal","to":4}',
			...log.root.slice(0, 4).map((leaf) => JSON.stringify(leaf)),
			JSON.stringify({ checkpoint: log.notes.get(4) }),
		];
		expect(directory.linesOf(0)).toEqual(expected);
		const bytes = directory.bytesOf(0);
		expect(bytes.equals(Buffer.from(expected.map((line) => `${line}\n`).join('')))).toBe(true);
		expect(anchored).toMatchObject({ number: 0, size: 4, length: bytes.length, adopted: false });
		expect(await database.anchors()).toEqual([{ number: 0, size: 4, sha256: sha256Hex(bytes) }]);
		expect(statSync(directory.pathOf(0)).mode & 0o777).toBe(0o600);
	});

	it('continues where the previous one ended, and names it by its hash', async () => {
		log.append(NORTH, 3).append(HARBOUR, 2).publish(NORTH, HARBOUR);
		await anchor();
		log.append(NORTH, 4).append(HARBOUR, 1);
		log.checkpoint(NORTH).append(NORTH, 1).publish(NORTH);
		expect(await anchor()).toMatchObject({ number: 1, size: 6 });
		expect(directory.linesOf(1)).toEqual([
			`{"format":"firmseal-audit-anchor","incarnation":1,"installation":"seal.example","number":1,"previous":"${sha256Hex(directory.bytesOf(0))}","v":1}`,
			`{"from":3,"origin":"seal.example/firmseal/${NORTH}","to":8}`,
			...log.leavesOf(NORTH).slice(3, 8),
			'{"from":3,"origin":"seal.example/firmseal","to":6}',
			...log.root.slice(3, 6).map((leaf) => JSON.stringify(leaf)),
			JSON.stringify({ checkpoint: log.notes.get(6) }),
		]);
		log.publish(HARBOUR);
		expect(await anchor()).toMatchObject({ number: 2, size: 8 });
		expect(directory.linesOf(2)).toContain(`{"from":2,"origin":"seal.example/firmseal/${HARBOUR}","to":3}`);
	});

	it('has only the root tree if no firm has done anything', async () => {
		log.append(NORTH, 1).publish(NORTH);
		await anchor();
		// The same size again, as after a rotation.
		log.publish(NORTH);
		await anchor();
		expect(directory.linesOf(1).slice(1)).toEqual([
			'{"from":2,"origin":"seal.example/firmseal","to":4}',
			...log.root.slice(2, 4).map((leaf) => JSON.stringify(leaf)),
			JSON.stringify({ checkpoint: log.notes.get(4) }),
		]);
	});

	it('is not written if nothing was signed, or nothing since the last anchor', async () => {
		expect(await anchor()).toBeNull();
		log.append(NORTH, 1).checkpoint(NORTH).heartbeat();
		expect(await anchor()).toBeNull();
		log.sign();
		expect(await anchor()).toMatchObject({ number: 0 });
		expect(await anchor()).toBeNull();
		log.append(NORTH, 1).checkpoint(NORTH);
		expect(await anchor()).toBeNull();
		expect(await database.anchors()).toHaveLength(1);
	});

	it('names the incarnation of its log', async () => {
		await database.admin`update audit_state set incarnation = 3`;
		log.publish();
		await anchor();
		expect(directory.linesOf(0)[0]).toContain('"incarnation":3,');
	});

	it('continues from where its caller says, as after anchors that a restore has lost', async () => {
		log.append(NORTH, 3).append(HARBOUR, 2).publish(NORTH, HARBOUR);
		log.append(NORTH, 4).publish(NORTH);
		await log.into(database.admin);
		const lost = { number: 41, size: 3, sha256: Buffer.alloc(32, 7) };
		const parts = partsOf(database, directory);
		expect(await writeAnchor(parts, { epoch: EPOCH, after: lost })).toMatchObject({ number: 42, size: 5 });
		const [header = '', section] = directory.linesOf(42);
		expect(header).toContain(`"number":42,"previous":"${'07'.repeat(32)}"`);
		expect(section).toBe(`{"from":3,"origin":"seal.example/firmseal/${NORTH}","to":7}`);
		expect(await writeAnchor(parts, { epoch: EPOCH, after: { ...lost, size: 5 } })).toBeNull();
	});

	it('has the trees of many firms, sorted by origin', async () => {
		const draw = draws('trees');
		const firms = Array.from({ length: 23 }, () => uuidv7()).sort(() => draw() - 0.5);
		for (const firm of firms) log.append(firm, 2);
		log.publish(...firms);
		await anchor(5);
		const origins = directory
			.linesOf(0)
			.filter((line) => line.startsWith('{"from":'))
			.map((line) => (JSON.parse(line) as { origin: string }).origin);
		expect(origins).toEqual([
			...firms.map((firm) => `${INSTALLATION}/firmseal/${firm}`).toSorted(),
			`${INSTALLATION}/firmseal`,
		]);
	});

	it('contains, with the previous ones, every leaf of the log once and in order, after any history of the log', async () => {
		const draw = draws('leaves');
		const below = (most: number) => Math.floor(draw() * most);
		const firms = [NOBODYS, ...Array.from({ length: 4 }, () => uuidv7())];
		const gathered = new Map<string, string[]>();
		for (let number = 0; number < 12; number++) {
			for (let n = below(6); n >= 0; n--) {
				const firm = firms[below(firms.length)] ?? NOBODYS;
				log.append(firm, 1 + below(7));
				if (below(2) === 0) log.checkpoint(firm);
				if (below(4) === 0) log.heartbeat();
			}
			log.publish(...firms.filter((firm) => log.leavesOf(firm).length > 0 && below(2) === 0));
			const signed = log.root.length;
			log.append(firms[below(firms.length)] ?? NOBODYS, below(3)).heartbeat();
			expect(await anchor(1 + below(5))).toMatchObject({ number, size: signed });
			const [, ...lines] = directory.linesOf(number).slice(0, -1);
			for (let line = 0; line < lines.length; ) {
				const { origin, from, to } = JSON.parse(lines[line] ?? '') as { origin: string; from: number; to: number };
				const of = gathered.get(origin) ?? [];
				gathered.set(origin, of);
				expect([origin, of.length]).toEqual([origin, from]);
				expect(to).toBeGreaterThan(from);
				of.push(...lines.slice(line + 1, line + 1 + to - from));
				line += 1 + to - from;
			}
			const root = gathered.get(`${INSTALLATION}/firmseal`) ?? [];
			expect(root.map((leaf) => JSON.parse(leaf))).toEqual(log.root.slice(0, signed));
			for (const firm of firms) {
				const of = `${INSTALLATION}/firmseal/${firm}`;
				const covered = Math.max(0, ...log.root.slice(0, signed).flatMap((leaf) => sizeIn(leaf, of)));
				expect(gathered.get(of) ?? []).toEqual(log.leavesOf(firm).slice(0, covered));
			}
		}
		expect([...gathered.values()].flat().length).toBeGreaterThan(50);
	});
});

/** The size of a firm's tree in a leaf of the root tree. */
function sizeIn(leaf: string, origin: string): number[] {
	const [of, size] = leaf.split('\n');
	return of === origin ? [Number(size)] : [];
}
