import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestWorker } from '../../support/installation.ts';
import { makeVerifyScene, type VerifyScene } from './verify-scene.ts';

const CANARY = 'CANARY-4711';
let scene: VerifyScene;
let worker: TestWorker;
let firm: string;

beforeAll(async () => {
	scene = await makeVerifyScene(3);
	[firm = ''] = scene.firms;
	for (const each of scene.firms) await scene.append(each, 10);
	worker = await scene.installation.startWorker();
	await worker.publishLog();
});
afterAll(() => scene?.close());

const alerts = async () =>
	(
		await scene.installation
			.admin`select rule, subject, severity, count from alerts where rule in ('LOG_FORK', 'LOG_GAP') order by opened_at`
	).map((row) => ({ ...row }));
const told = () =>
	worker.lines
		.map((line) => JSON.parse(line))
		.filter(({ msg }) => msg.startsWith('the audit log differs from what was signed'));
const placeOf = async (entry: string | undefined) =>
	Number((await scene.installation.admin`select index from audit_leaves where entry_id = ${entry ?? null}`)[0]?.index);

it('reports nothing for an unchanged log', async () => {
	await worker.advance(60_000);
	expect(await alerts()).toEqual([]);
	expect(told()).toEqual([]);
});

it('reports in the next check, once, an entry changed, removed or inserted right after it was written', async () => {
	const [one, other] = await scene.append(firm, 2);
	await worker.publishLog();
	const [changed, gone] = [await placeOf(one), await placeOf(other)];
	await scene.tamper(async (sql) => {
		await sql`update audit_entries set leaf = replace(leaf, '"request":null', ${`"request":"${CANARY}"`}) where id = ${one ?? ''}`;
		await sql`delete from audit_entries where id = ${other ?? ''}`;
	});
	const wanted = [`ENTRY_CHANGED:${firm}:${changed}`, `ENTRY_MISSING:${firm}:${gone}`];
	await worker.advance(5_000);
	expect((await alerts()).map(({ subject }) => subject).toSorted()).toEqual(wanted);
	expect((await alerts())[0]).toMatchObject({ rule: 'LOG_FORK', severity: 'PAGE', count: 1 });
	expect(told()[0]).toMatchObject({ level: 50, count: 2, check: 'ENTRY_CHANGED 1, ENTRY_MISSING 1' });
	for (let look = 0; look < 2; look++) await worker.advance(5_000);
	expect((await alerts()).map(({ subject, count }) => [subject, count]).toSorted()).toEqual(
		wanted.map((subject) => [subject, 1]),
	);
	expect(told().length).toBe(1);
	expect(worker.lines.join('\n')).not.toContain(CANARY);
});

it('reports old changes in the first verification of a new process, and does not repeat what remains', async () => {
	await worker.stop();
	const [row] = await scene.installation
		.admin`select entry_id from audit_leaves where tree = ${scene.firms[1] ?? ''} and index = 2`;
	await scene.tamper(async (sql) => {
		await sql`update audit_entries set leaf = replace(leaf, '"plane":"worker"', '"plane":"broker"') where id = ${row?.entry_id}`;
		await sql`update audit_root_leaves set created_at = created_at - interval '5 minutes'`;
		await sql`update audit_root_checkpoints set created_at = created_at - interval '5 minutes'`;
	});
	const before = (await alerts()).length;
	worker = await scene.installation.startWorker();
	const wanted = `ENTRY_CHANGED:${scene.firms[1]}:2`;
	await worker.advance();
	expect((await alerts()).map(({ subject }) => subject)).toContain(wanted);
	await worker.advance(60_000);
	const subjects = (await alerts()).map(({ subject }) => subject);
	// One entry is gone, and so is its number, which no earlier alert reported.
	expect(
		subjects
			.slice(before)
			.filter((subject) => subject !== wanted)
			.every((subject) => subject.startsWith('NUMBERS_MISSING:firmseal_worker:')),
	).toBe(true);
	expect(new Set(subjects).size).toBe(subjects.length);
});
