import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leafHash, rootHash } from '../../../src/audit/verify/index.ts';
import { type KeyLogScene, makeKeyLogScene } from '../key-log-scene.ts';

let scene: KeyLogScene;
beforeAll(async () => {
	scene = await makeKeyLogScene();
});
afterAll(() => scene?.close());

const minutes = (count: number) => {
	scene.now = new Date(scene.now.getTime() + count * 60_000);
};
const secondsOf = (time: Date) => Math.floor(time.getTime() / 1_000);

async function rootOf(firm: string): Promise<Uint8Array> {
	const rows = await scene.installation.admin`select leaf from key_log_entries where firm_id = ${firm} order by seq`;
	return rootHash(await Promise.all(rows.map(({ leaf }) => leafHash(leaf))));
}

it('signs each key log that has grown, at the pace of the audit log, with the time of its own clock', async () => {
	const [north, south] = [await scene.addFirm('north'), await scene.addFirm('south')];
	const leader = await scene.lead();
	expect(await scene.checkpoint(north)).toBeNull();
	for (const size of [1, 2, 3, 7, 8]) {
		await scene.append(north, size - ((await scene.checkpoint(north))?.size ?? 0));
		minutes(1);
		await leader.clock.advance(500);
		const found = await scene.checkpoint(north);
		expect(found).toMatchObject({ size, time: secondsOf(scene.now) });
		expect(found?.note.split('\n')[2]).toBe(Buffer.from(await rootOf(north)).toString('base64'));
	}
	await scene.append(south, 3);
	await leader.clock.advance(500);
	expect(await scene.checkpoint(south)).toMatchObject({ size: 3 });
	expect([leader.failures, leader.refusals]).toEqual([[], []]);
	await leader.stop();
});

it('signs again only for a client that waits, after four minutes', async () => {
	const firm = await scene.addFirm('waiting');
	await scene.append(firm, 2);
	const leader = await scene.lead();
	const timeAfter = async (count: number) => {
		minutes(count);
		await leader.clock.advance(500);
		return (await scene.checkpoint(firm))?.time;
	};
	const first = await timeAfter(0);
	expect(await timeAfter(30)).toBe(first);
	// The request is newer than the signature by the database's clock.
	scene.now = new Date(Date.now() - 10 * 60_000);
	await scene.append(firm, 1);
	const second = await timeAfter(0);
	await scene.ask(firm);
	expect(await timeAfter(3)).toBe(second);
	expect((await scene.checkpoint(firm))?.isOld).toBe(true);
	expect(await timeAfter(1)).toBe(secondsOf(scene.now));
	scene.now = new Date();
	await scene.append(firm, 1);
	await timeAfter(0);
	expect((await scene.checkpoint(firm))?.isOld).toBe(false);
	await leader.stop();
});

it('asks once for all clients until the signer has answered', async () => {
	const firm = await scene.addFirm('asking');
	const wished = async () => {
		await scene.ask(firm);
		const [row] = await scene.installation.admin`select wanted_at, xmin from key_log_wishes where firm_id = ${firm}`;
		return String(row?.xmin);
	};
	const first = await wished();
	expect(await wished()).toBe(first);
	await scene.append(firm, 1);
	minutes(1);
	await scene.signOnce();
	const second = await wished();
	expect(second).not.toBe(first);
});

it('signs again at once what was signed by a clock that was ahead', async () => {
	const firm = await scene.addFirm('ahead');
	await scene.append(firm, 1);
	minutes(60);
	await scene.signOnce();
	const wrong = (await scene.checkpoint(firm))?.time;
	minutes(-60);
	await scene.signOnce();
	expect((await scene.checkpoint(firm))?.time).toBe((wrong ?? 0) - 3_600);
});

it('signs under a new key what the old key signed, once by both', async () => {
	const firm = await scene.addFirm('rotated');
	await scene.append(firm, 2);
	await scene.signOnce();
	const old = (await scene.checkpoint(firm))?.note ?? '';
	await scene.rotate();
	minutes(1);
	await scene.signOnce();
	const note = (await scene.checkpoint(firm))?.note ?? '';
	const idsOf = (text: string) =>
		text
			.split('\n')
			.flatMap((line) =>
				line.startsWith('— ') ? [Buffer.from(line.split(' ')[2] ?? '', 'base64').toString('hex', 0, 4)] : [],
			);
	expect(idsOf(old)).toHaveLength(2);
	expect(idsOf(note)).toHaveLength(4);
	expect(idsOf(note)).toEqual(expect.arrayContaining(idsOf(old)));
});

describe('someone with all privileges on the database', () => {
	const refused = (firm: string, because: string) => [
		expect.stringMatching(new RegExp(`The signer refuses the tree localhost/firmseal/${firm}/keys: ${because}`)),
	];
	const remade = `update key_log_entries set hashes = sha256('\\x00'::bytea || convert_to(leaf, 'UTF8')), hash = encode(sha256(convert_to(leaf, 'UTF8')), 'hex')`;

	async function signedFirm(slug: string, count: number): Promise<string> {
		const firm = await scene.addFirm(slug);
		await scene.append(firm, count);
		expect(await scene.signOnce()).toEqual([]);
		return firm;
	}

	it('cannot have a shortened log signed, in the same term or in the next', async () => {
		const firm = await signedFirm('shortened', 5);
		const before = await scene.checkpoint(firm);
		const leader = await scene.lead();
		await scene.tamper((sql) => sql`delete from key_log_entries where firm_id = ${firm} and seq >= 3`);
		await leader.clock.advance(500);
		await leader.stop();
		expect(leader.refusals.map(String)).toEqual(refused(firm, 'it has 3 leaves and had 5'));
		expect(await scene.signOnce()).toEqual(refused(firm, 'it has 3 leaves and had 5'));
		expect(await scene.checkpoint(firm)).toEqual(before);
		await scene.tamper((sql) => sql`delete from key_log_entries where firm_id = ${firm}`);
		expect(await scene.signOnce()).toEqual(refused(firm, 'it has 0 leaves and had 5'));
		await scene.tamper((sql) => sql`delete from key_log_checkpoints where firm_id = ${firm}`);
	});

	it('cannot have a log signed of which an entry was changed, with all its hashes', async () => {
		const firm = await signedFirm('changed', 1);
		await scene.tamper(async (sql) => {
			await sql`update key_log_entries set leaf = replace(leaf, '"seq":0', '"sep":0') where firm_id = ${firm}`;
			await sql.unsafe(`${remade} where firm_id = '${firm}'`);
		});
		await scene.append(firm, 2);
		expect(await scene.signOnce()).toEqual(refused(firm, 'its first 1 leaves differ'));
		expect(await scene.checkpoint(firm)).toMatchObject({ size: 1 });
		await scene.tamper((sql) => sql`delete from key_log_entries where firm_id = ${firm}`);
		await scene.tamper((sql) => sql`delete from key_log_checkpoints where firm_id = ${firm}`);
	});

	it('cannot have a log signed that lacks an entry, or continue from a checkpoint of another key', async () => {
		const [hollow, foreign] = [await scene.addFirm('hollow'), await signedFirm('foreign', 1)];
		await scene.append(hollow, 5);
		await scene.append(foreign, 1);
		await scene.tamper(async (sql) => {
			await sql`delete from key_log_entries where firm_id = ${hollow} and seq = 3`;
			await sql`update key_log_checkpoints set note = replace(note, ${foreign}, ${hollow}) where firm_id = ${foreign}`;
		});
		const refusals = await scene.signOnce();
		expect(refusals).toHaveLength(2);
		expect(refusals).toEqual(expect.arrayContaining(refused(hollow, 'entries of it are missing')));
		expect(refusals).toEqual(expect.arrayContaining(refused(foreign, 'none of our keys signed')));
		await scene.tamper(async (sql) => {
			for (const firm of [hollow, foreign]) {
				await sql`delete from key_log_entries where firm_id = ${firm}`;
				await sql`delete from key_log_checkpoints where firm_id = ${firm}`;
			}
		});
	});

	it('stops only the one log, which is signed again once it is whole', async () => {
		const [bad, good] = [await signedFirm('bad', 3), await signedFirm('good', 3)];
		const leader = await scene.lead();
		await scene.tamper(async (sql) => {
			await sql`create table kept as select * from key_log_entries where firm_id = ${bad} and seq = 2`;
			await sql`delete from key_log_entries where firm_id = ${bad} and seq = 2`;
		});
		await scene.append(good, 1);
		await leader.clock.advance(500);
		expect(await scene.checkpoint(good)).toMatchObject({ size: 4 });
		// The refusal is reported once, even if the signer tries again.
		await leader.clock.advance(61_000);
		await leader.clock.advance(61_000);
		expect(leader.refusals.map(String)).toEqual(refused(bad, 'it has 2 leaves and had 3'));
		await scene.tamper((sql) => sql`insert into key_log_entries select * from kept`);
		await scene.append(bad, 1);
		await leader.clock.advance(61_000);
		expect(await scene.checkpoint(bad)).toMatchObject({ size: 4 });
		expect([leader.accepted, leader.failures]).toEqual([[`localhost/firmseal/${bad}/keys`], []]);
		await leader.stop();
	});
});
