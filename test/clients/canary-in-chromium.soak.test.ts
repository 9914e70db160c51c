import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JSHandle } from 'playwright-core';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CONTENT_TYPES } from '../../src/client/index.ts';
import { SUPERUSER, startEmbeddedServer } from '../../src/database/index.ts';
import { marksInMemory, openWatchedBrowser, type WatchedBrowser } from '../pages/traces.ts';
import { askAt } from '../support/ask.ts';
import { untilBlocked } from '../support/blocked.ts';
import { describeInChromium } from '../support/chromium.ts';
import { idOf } from '../support/claims.ts';
import { makeInstallation, type Person, type TestFirm, type TestInstallation } from '../support/installation.ts';
import { leaveOpen } from '../support/open-transaction.ts';
import { endAll, MAIN, newDirectory, type RunningApi, startApi, until } from '../system/program.ts';
import { filesBelow, findIn, findInFiles } from '../system/search-files.ts';
import { canaryRecords, newCanary } from './canary-content.ts';
import { serveCanaryPage } from './canary-origin.ts';
import type * as PageCode from './canary-page.ts';
import { knownKeys } from './known-keys.ts';

const CLASSES = [...new Set(Object.values(CONTENT_TYPES).map((type) => type.class))].sort();
/** Otherwise a snapshot of the heap has the beginning of each string only. */
const WHOLE_STRINGS = '--heap-snapshot-string-limit=10000000';
const CREATE = 'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }';

interface Browser {
	readonly watched: WatchedBrowser;
	readonly code: JSHandle<typeof PageCode>;
	/** What unlocks its device. */
	readonly secret: string;
	run(text: string, variables: Record<string, unknown>): Promise<Record<string, unknown>>;
}

describeInChromium('a canary in every field of a firm in its own custody', () => {
	const canary = newCanary();
	/** Of a firm whose content the platform keeps, by the same API: what the same search finds there. */
	const control = newCanary();
	const metadata = `canary-${newCanary().marks.text}`;
	let directory: string;
	let stop: () => Promise<void>;
	let installation: TestInstallation;
	let api: RunningApi;
	let origin: Awaited<ReturnType<typeof serveCanaryPage>>;
	let north: TestFirm;
	let south: TestFirm;
	let owner: Browser;
	let member: Browser;
	let keys: Readonly<Record<string, Buffer>>;
	let snapshots: string;
	let written: ReturnType<typeof canaryRecords>;

	beforeAll(async () => {
		directory = newDirectory();
		const embedded = await startEmbeddedServer({ directory: join(directory, 'own') });
		stop = embedded.stop;
		const url = Object.assign(new URL(embedded.urlOf(SUPERUSER)), { pathname: '/postgres' }).href;
		installation = await makeInstallation({ name: 'own', url, files: join(directory, 'own/cluster') });
		[north, south] = [await installation.addFirm(metadata), await installation.addFirm('south')];
		// An administrator who logs every statement with its parameters.
		const [database] = await installation.admin`select current_database() as name`;
		await installation.admin.unsafe(`
			alter database ${database?.name} set log_statement = 'all';
			alter database ${database?.name} set log_parameter_max_length = -1;
			alter database ${database?.name} set log_error_verbosity = 'verbose';
		`);
		await installation.keepLog();
		snapshots = newDirectory();
		const options = ['--heapsnapshot-signal=SIGUSR2', `--diagnostic-dir=${snapshots}`, WHOLE_STRINGS];
		api = await startApi(installation.env, [...options, MAIN, 'serve']);
		origin = await serveCanaryPage(api.url);
		[owner, member] = [await browserOf(north.owner), await browserOf(north.member)];
		await owner.code.evaluate((page, [classes, person]) => page.begin(classes, person), [
			CLASSES,
			idOf(north.member),
		] as const);
		await joinMember();
		await writeAndRead();
		const file = Uint8Array.from(await member.code.evaluate((page) => page.keptFile()));
		const stored = { file, secret: member.secret, firm: north.id, person: idOf(north.member) };
		keys = await knownKeys(stored, api.ask, north.member);
	}, 120_000);
	afterAll(async () => {
		await owner?.watched.close({});
		await member?.watched.close({});
		await origin?.close();
		await endAll();
		await installation?.close().catch(() => {});
		await stop?.().catch(() => {});
	});

	/** The owner writes, the member reads and changes, and the owner reads again. */
	async function writeAndRead(): Promise<void> {
		const thread = 'mutation ($input: CreateThreadInput!) { createThread(input: $input) { thread { id } } }';
		const begun = (await owner.run(thread, { input: {} })) as { createThread: { thread: { id: string } } };
		written = canaryRecords(canary, north.clientId, begun.createThread.thread.id);
		const { records, line } = written;
		for (const { create, input, id, read, texts } of records) {
			await owner.run(create, { input });
			expect((await member.run(read, { id })).node).toMatchObject(texts);
		}
		expect((await member.run(line.read, { id: line.id })).node).toMatchObject(line.texts);
		for (const { update, change, id, read, changed } of records.filter((each) => each.update !== null)) {
			await member.run(update as string, { input: { ...change, expectedRevision: 1 } });
			expect((await owner.run(read, { id })).node).toMatchObject(changed);
		}
	}

	async function browserOf(person: Person): Promise<Browser> {
		const secret = randomBytes(16).toString('hex');
		const watched = await openWatchedBrowser();
		await watched.page.goto(origin.url);
		const code = await watched.page.evaluateHandle<typeof PageCode>("import('/canary-page.js')");
		const given = { url: origin.url, token: `${person}`, firm: north.id, person: idOf(person), secret };
		await code.evaluate((page, each) => page.open(each), given);
		const run: Browser['run'] = (text, variables) =>
			code.evaluate((page, [document, values]) => page.run(document, values), [text, variables] as const);
		return { watched, code, secret, run };
	}

	/** Texts that no one but devices may see: of the content, and of keys in the forms in which programs write bytes. */
	const secrets = (): string[] => [...Object.values(canary.marks), ...Object.values(keys).flatMap(spellings)];

	/** What JavaScript of the server holds now. */
	async function heapOf({ kill, url }: RunningApi): Promise<Buffer> {
		kill('SIGUSR2');
		await until(() => readdirSync(snapshots).length > 0);
		// The process answers nothing while it writes the file.
		await fetch(`${url}/health`);
		return readFileSync(join(snapshots, readdirSync(snapshots)[0] ?? ''));
	}

	/** The member's device joins; both screens show one code. */
	async function joinMember(): Promise<void> {
		const id = await member.code.evaluate((page) => page.ask());
		await owner.code.evaluate((page, [request, person]) => page.answer(request, person), [
			id,
			idOf(north.member),
		] as const);
		const shown = await member.code.evaluate((page) => page.reveal());
		expect(await owner.code.evaluate((page, request) => page.check(request), id)).toBe(shown);
		await owner.code.evaluate((page, request) => page.approve(request), id);
		await member.code.evaluate((page) => page.finish());
	}

	it('every field of every type was written by one browser, and read by the other', () => {
		const seen = [...written.records, written.line].map(({ type, texts }) => [type, Object.keys(texts).sort()]);
		const all = Object.entries(CONTENT_TYPES).map(([type, { fields }]) => [
			type,
			Object.keys(fields)
				.filter((name) => fields[name]?.isServerMade !== true)
				.sort(),
		]);
		expect(new Map(seen as [string, string[]][])).toEqual(new Map(all as [string, string[]][]));
	});

	it('is in no heap and no memory of the server, not even while a value is being stored', async () => {
		const release = await leaveOpen(installation.admin, (sql) => sql`lock table notes in exclusive mode`);
		const title = control.of('String');
		const sealed = owner.run(CREATE, {
			input: { id: uuidv7(), title: canary.of('String'), body: canary.of('String') },
		});
		const plain = askAt(origin.url)(south.member, CREATE, { input: { title } });
		await untilBlocked(installation.admin, SUPERUSER);
		const heap = await heapOf(api);
		const memory = marksInMemory(api.pid, { ...canary.marks, ...keys, control: control.marks.text });
		await release();
		await sealed;
		expect((await plain).data.createNote.note.id).toBeTruthy();
		expect(findIn(heap, control.marks.text)).toContain('UTF-8');
		expect(memory.some((found) => found.startsWith('control'))).toBe(true);
		for (const mark of secrets()) expect(findIn(heap, mark)).toEqual([]);
		expect(memory.filter((found) => !found.startsWith('control'))).toEqual([]);
	}, 60_000);

	it('is in no byte that the API received, answered, logged or measured, while the control is', async () => {
		const metrics = await (await fetch(`${api.url}/metrics`)).text();
		const activity = await installation.admin`select query from pg_stat_activity`;
		const told = [api.output.stdout, api.output.stderr, metrics, JSON.stringify(activity)].map(Buffer.from);
		const wire = origin.received();
		expect(findIn(wire, control.marks.text)).toContain('UTF-8');
		for (const mark of secrets()) for (const bytes of [wire, ...told]) expect(findIn(bytes, mark)).toEqual([]);
		for (const key of Object.values(keys)) expect([wire, ...told].some((bytes) => bytes.includes(key))).toBe(false);
	});

	it('is in no file of the database, its write-ahead log and its own log, or of the object store', async () => {
		await installation.admin`checkpoint`;
		const places = [directory, installation.directory];
		expect(places.flatMap(filesBelow).some((path) => path.includes('/pg_wal/0'))).toBe(true);
		const log = readFileSync(join(directory, 'own/log'), 'utf8');
		expect(/parameters: .*f502/i.test(log)).toBe(true);
		for (const mark of Object.values(canary.marks)) expect(findInFiles(places, mark)).toEqual([]);
		const known = findInFiles(places, metadata);
		expect(known.some((place) => place.includes('/base/'))).toBe(true);
		expect(known.some((place) => place.includes('/pg_wal/'))).toBe(true);
	}, 60_000);

	it('no byte of a key goes from a worker to its page, and a locked browser has none in its memory', async () => {
		const heard = await member.code.evaluate((page) => page.heard.join('\n'));
		expect(heard).toContain(canary.marks.text);
		expect(await member.code.evaluate((page) => page.spelled({ bytes: new Uint8Array([7, 250]) }))).toContain('7,250');
		for (const key of Object.values(keys)) for (const text of spellings(key)) expect(heard).not.toContain(text);
		expect(heard).not.toContain('CryptoKey');
		const unlocked = member.watched.inMemory(keys);
		for (const name of Object.keys(keys)) expect(unlocked.some((found) => found.startsWith(name))).toBe(true);
		await member.code.evaluate((page) => page.lock());
		expect(await member.watched.inTheHeap({ secret: member.secret })).not.toEqual([]);
		const texts = Object.values(keys).flatMap(spellings);
		expect(await member.watched.inTheHeap(Object.fromEntries(texts.map((text, at) => [`key ${at}`, text])))).toEqual(
			[],
		);
		// inTheHeap() has collected the garbage: until then, the engine keeps what no one can reach.
		expect(member.watched.inMemory(keys)).toEqual([]);
	}, 60_000);
});

/** In the forms in which programs write bytes. */
const spellings = (key: Buffer): string[] => [key.toString('hex'), key.toString('base64').slice(0, -1), key.join()];
