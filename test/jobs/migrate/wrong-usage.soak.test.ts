import { Command, CommanderError } from 'commander';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { erase } from '../../../src/cli/commands/erase.ts';
import { hold } from '../../../src/cli/commands/hold.ts';
import { job } from '../../../src/cli/commands/job.ts';
import { keys } from '../../../src/cli/commands/keys.ts';
import { migrate } from '../../../src/cli/commands/migrate.ts';
import { claimsOf } from '../../support/claims.ts';
import { makeInstallation, type TestFirm, type TestInstallation } from '../../support/installation.ts';
import { embedded } from '../../support/own-servers.ts';
import { approveJobByCommand, launch, until } from '../../system/program.ts';
import { twoApprovers } from '../erase/scene.ts';
import { ask, ended } from '../stage.ts';
import { type LegacyScene, makeLegacyScene, NOTES } from './scene.ts';
import { migrateAs } from './working.ts';

const COLUMN = ['--coordinate', 'Note.body'];
const OF = ['--firm', 'north'];
const ID = uuidv7();
const ROWS = 400;

let scene: LegacyScene;
let program: LegacyScene['program'];
let installation: TestInstallation;
let north: TestFirm;
let note: string;
let people: Awaited<ReturnType<typeof twoApprovers>>;

beforeAll(async () => {
	scene = await makeLegacyScene({ firms: ['north'], make: () => makeInstallation(embedded) });
	({ program, installation } = scene);
	[north] = scene.firms as [TestFirm];
	people = await twoApprovers(installation);
	await installation.admin`
		insert into notes (firm_id, id, author_id, body_plain)
		select ${north.id}, generate_uuid_v7(), ${claimsOf(north.member).sub}, 'Number ' || number from generate_series(1, ${ROWS}) number`;
	[note] = (await installation.admin`select id from notes limit 1`).map(({ id }) => id as string) as [string];
}, 120_000);
afterAll(() => scene?.close());

const run = (...args: string[]) => program.command(installation.env, ...args);
const asApprover = (...args: string[]) =>
	program.command({ ...installation.env, FIRMSEAL_TOKEN: `${people.tokens.one}` }, ...args);

/** The number of rows of each table, and the log's entries except those about used keys. */
async function everything() {
	const { admin } = installation;
	const tables =
		await admin`select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`;
	const counts: Record<string, number> = {};
	for (const { name } of tables) {
		if (name.startsWith('audit_')) continue;
		const [row] = await admin`select count(*)::int as count from ${admin(name)}`;
		counts[name] = row?.count;
	}
	const entries = await admin`
		select leaf::jsonb ->> 'action' as action, count(*)::int as count from audit_entries where leaf::jsonb ->> 'action' not like 'key.%' group by 1 order by 1`;
	return { counts, entries: entries.map(({ action, count }) => [action, count]) };
}

/** Runs a few at a time, because each starts a process. */
async function each<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
	const left = [...all];
	await Promise.all(
		Array.from({ length: 3 }, async () => {
			for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one);
		}),
	);
}

describe('mistyped commands', () => {
	it.each<readonly [args: readonly string[], expected: RegExp]>([
		[['migrate', 'expand'], /required option '--coordinate/],
		[['migrate', 'expand', '--coordinate', ''], /Give the column as Type.field/],
		[['migrate', 'expand', ...COLUMN, '--rate', '5'], /unknown option '--rate'/],
		[['migrate', 'cutover', ...COLUMN, ...OF], /unknown option '--firm'/],
		[['migrate', 'contract', ...COLUMN, ...OF], /unknown option '--firm'/],
		[['migrate', 'backfill', ...COLUMN, '--platform'], /unknown option '--platform'/],
		[['migrate', 'backfil', ...COLUMN], /unknown command/],
		[['migrate', 'expand', 'Note.body', ...COLUMN], /too many arguments/],
		...['0', '-1', '1.5', '1e3', '1000001', '99999999999', 'fast', ''].map((rate): [string[], RegExp] => [
			['migrate', 'backfill', ...COLUMN, '--rate', rate],
			/from 1 to 1,000,000/,
		]),
		[['erase', 'firm'], /required option '--firm/],
		[['erase', 'firm', ...OF, '--client', ID], /unknown option '--client'/],
		[['erase', 'firm', ...OF, '--days', '366'], /from 0 to 365/],
		[['erase', 'firm', ...OF, '--days', '-1'], /from 0 to 365/],
		[['erase', 'firm', ...OF, '--key-days', '6'], /from 7 to 30/],
		[['erase', 'client', ...OF, '--client', 'north'], /An id is a UUIDv7/],
		[['erase', 'record', ...OF, '--record', ID.toUpperCase()], /An id is a UUIDv7/],
		[['hold', 'set', ...OF, '--client', ID, '--record', ID, '--ticket', 'T-1'], /cannot be used with/],
		[['hold', 'set', ...OF, '--record', ID, '--ticket', 'T-1', '--lost', ID], /cannot be used with/],
		[['hold', 'set', ...OF, '--ticket', 'two words'], /A ticket has/],
		[['hold', 'release', '--hold', 'T-1'], /The id of a hold is a UUID/],
		[['keys', 'bring', ...OF, '--key-arn', 'a', '--back'], /cannot be used with/],
		[['keys', 'rotate', ...OF, '--platform'], /cannot be used with/],
		[['keys', 'rotate', ...OF, '--wrapping', '--class', 'NOTE'], /cannot be used with/],
		[['job', 'approve', '--job', 'first'], /An id is a UUIDv7/],
	])('are wrong usage: %j', async (args, expected) => {
		const firmseal = new Command('firmseal');
		for (const add of [migrate, erase, hold, keys, job]) add(firmseal);
		const every = (of: Command): Command[] => [of, ...of.commands.flatMap(every)];
		for (const each of every(firmseal)) each.exitOverride().configureOutput({ writeErr: () => {} });
		const parsed = firmseal.parseAsync(args, { from: 'user' });
		await expect(parsed).rejects.toThrow(expected);
		await expect(parsed).rejects.toBeInstanceOf(CommanderError);
	});

	it('are refused with one sentence, and change nothing', async () => {
		const before = await everything();
		const refused: readonly (readonly [args: readonly string[], code: string, expected: RegExp])[] = [
			[['migrate', 'expand', '--coordinate', 'note.body'], 'NOT_FOUND', /replaces no plaintext column/],
			[['migrate', 'backfill', ...COLUMN, '--firm', 'nobody'], 'NOT_FOUND', /This firm does not exist/],
			[['erase', 'firm', '--firm', ''], 'NOT_FOUND', /This firm does not exist/],
			[['erase', 'client', ...OF, '--client', note], 'NOT_FOUND', /no client with this id/],
			[['erase', 'record', ...OF, '--record', north.clientId], 'BAD_USER_INPUT', /name it with --client/],
			[['erase', 'certificate', '--job', ID], 'NOT_FOUND', /No finished erasure has this job id/],
			[['job', 'approve', '--job', ID, '--hash', '0'.repeat(64)], 'NOT_FOUND', /No job has this id/],
			[['keys', 'bring', ...OF, '--back'], 'CONFLICT', /brought no key/],
		];
		await each(refused, async ([args, code, expected]) => {
			const outcome = await asApprover(...args);
			expect([args, outcome.code, outcome.ok, outcome.error?.code]).toEqual([args, 1, false, code]);
			expect([args, outcome.error.message]).toEqual([args, expect.stringMatching(expected)]);
		});
		expect(await everything()).toEqual(before);
	}, 120_000);

	it('that need two persons can be requested only by an approver', async () => {
		const operator = await installation.addOperator('OPERATOR');
		const { counts } = await everything();
		await each(
			[
				{ token: '', args: ['migrate', 'contract', ...COLUMN] },
				{ token: 'not.a.token', args: ['hold', 'set', ...OF, '--ticket', 'T-1'] },
				{ token: north.owner, args: ['erase', 'record', ...OF, '--record', note] },
				{ token: operator, args: ['migrate', 'contract', ...COLUMN] },
			],
			async ({ token, args }) => {
				const outcome = await program.command({ ...installation.env, FIRMSEAL_TOKEN: `${token}` }, ...args);
				expect([args, outcome.code, outcome.ok]).toEqual([args, 1, false]);
			},
		);
		expect((await everything()).counts).toEqual(counts);
	}, 120_000);

	it('write nothing with --dry-run, and describe what they would write', async () => {
		const before = await everything();
		await each(
			[
				['migrate', 'expand', ...COLUMN],
				['migrate', 'verify', ...COLUMN, ...OF, '--rate', '1'],
				['migrate', 'contract', ...COLUMN],
				['erase', 'firm', ...OF],
				['erase', 'record', ...OF, '--record', note],
				['hold', 'set', ...OF, '--ticket', 'T-1'],
				['keys', 'rotate', ...OF],
			],
			async (args) => {
				const outcome = await asApprover(...args, '--dry-run');
				expect([args, outcome.code, outcome.result?.dryRun]).toEqual([args, 0, true]);
			},
		);
		expect(await everything()).toEqual(before);
	}, 120_000);

	it('that are out of order say so, and leave the column unchanged', async () => {
		scene.work();
		const phase = async () =>
			(await installation.admin`select phase from column_moves`).map(({ phase: of }) => of as string)[0];
		const fails = async (...names: Parameters<typeof migrateAs>[1][]) => {
			for (const name of names) {
				const ends = await migrateAs(installation, name, [north.id], NOTES);
				expect([name, ends.find(({ state }) => state !== 'DONE')?.state]).toEqual([name, 'FAILED']);
			}
		};
		await fails('backfill', 'verify', 'cutover', 'rollback');
		expect(await phase()).toBe(undefined);
		const contract = await people.as('one', 'migrate', 'contract', ...COLUMN);
		expect(contract).toMatchObject({ code: 1, error: { code: 'NOT_FOUND' } });
		// Our own program declares no such column; the legacy program does, and requests.
		const asked = await asApprover('migrate', 'contract', ...COLUMN);
		const id = asked.result.jobs[0].id as string;
		expect(await approveJobByCommand((...of) => people.as('two', ...of), id)).toMatchObject({ code: 0 });
		expect(await ended(installation, id)).toMatchObject({ state: 'FAILED', trouble: 'WRONG_PHASE' });
		for (const end of await migrateAs(installation, 'expand', [], NOTES)) expect(end.state).toBe('DONE');
		// A repeated request makes no new job.
		for (const end of await migrateAs(installation, 'expand', [], NOTES)) expect(end.state).toBe('DONE');
		await fails('cutover', 'verify');
		expect(await phase()).toBe('EXPANDED');
	}, 120_000);

	it('that are interrupted while they wait stop no job, and find it when repeated, even with another rate', async () => {
		const main = `${program.directory}/src/cli/main.ts`;
		const slow = ['migrate', 'backfill', ...COLUMN, ...OF, '--rate', '10'];
		const waiting = launch(installation.env, process.execPath, [main, ...slow, '--json']);
		const jobs = () => installation.admin`select id, state from jobs where kind = 'BACKFILL' and ended_at is null`;
		await until(async () => (await jobs())[0]?.state === 'RUNNING', 30_000);
		waiting.kill('SIGINT');
		const { code, signal, stdout } = await waiting.ended;
		expect([code === 0, stdout]).toEqual([false, '']);
		expect(signal === 'SIGINT' || code === 130).toBe(true);
		const [open] = await jobs();
		const other = await run('migrate', 'backfill', ...COLUMN, '--firm', 'north', '--rate', '999', '--no-wait');
		expect(other).toMatchObject({
			code: 1,
			error: { code: 'CONFLICT', message: expect.stringContaining('another rate') },
		});
		const again = await run('migrate', 'backfill', ...COLUMN, '--firm', 'north', '--no-wait');
		expect(again.result.jobs).toMatchObject([{ id: open?.id }]);
		await installation.admin`update jobs set next_at = now() where id = ${open?.id}`;
		expect(await ended(installation, open?.id)).toMatchObject({ state: 'DONE', done: String(ROWS), failed: '0' });
		const { job: more } = await ask(installation, {
			firm: north.id,
			kind: 'BACKFILL',
			class: 'NOTE',
			version: null,
			subject: 'Note.body',
		});
		expect(await ended(installation, more.id)).toMatchObject({ state: 'DONE', done: '0' });
	}, 120_000);
});

describe('a worker whose program does not declare the column', () => {
	it('fails the job, and says that the newest version must run everywhere', async () => {
		const plain = await makeInstallation(embedded);
		try {
			await plain.startWorker({}, { propagationSeconds: 0 });
			const [end] = await migrateAs(plain, 'expand', [], NOTES);
			expect(end).toMatchObject({ state: 'FAILED', trouble: 'NOT_DECLARED' });
			expect((await plain.admin`select 1 from column_moves`).length).toBe(0);
		} finally {
			await plain.close();
		}
	}, 60_000);
});
