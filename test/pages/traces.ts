import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, readSync, rmSync } from 'node:fs';
import { createServer, request as forward } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core';
import { listen } from '../support/listen.ts';
import { encodingsOf, findInFiles } from '../system/search-files.ts';

/** Texts to look for, by name. */
export type Marks = Readonly<Record<string, string>>;

/** A browser of one person, with a profile of its own, of which everything can be searched: network, disk, storage, heap and memory. */
export interface WatchedBrowser {
	readonly page: Page;
	/** Resolves once the page has rendered and no request of it waits for an answer, except the stream of events. */
	untilAnswered(): Promise<void>;
	/** Marks in any byte that servers have sent to any page, frame or worker of the browser. */
	onTheWire(marks: Marks): string[];
	/** Marks in what the pages show, keep and have said: DOM, title, address, storage, cookies, caches, console. */
	inThePages(marks: Marks): Promise<string[]>;
	/** Marks in what JavaScript can still reach, in the page and its workers, after a garbage collection. */
	inTheHeap(marks: Marks): Promise<string[]>;
	/** How many blobs the browser holds, whose content is not in the heap: those of a script, and those that only an address names. */
	blobs(): Promise<number>;
	/** The workers that pages have begun, and those of them that have ended. */
	workers(): { readonly begun: number; readonly ended: number };
	/** Marks in the memory of every process of the browser, freed memory included. */
	inMemory(marks: Readonly<Record<string, string | Buffer>>): string[];
	/** Ends the browser, and returns the marks that are left in its profile on the disk. Downloads are elsewhere. */
	close(marks: Marks): Promise<string[]>;
}

const EXECUTABLE = '/usr/bin/chromium';
/** Otherwise a snapshot of the heap has the beginning of each string only. */
const WHOLE_STRINGS = '--js-flags=--heap-snapshot-string-limit=10000000';

/** `name encoding` for each mark that `bytes` contains. */
const marksIn = (bytes: Buffer, marks: Marks): string[] =>
	Object.entries(marks).flatMap(([name, text]) =>
		encodingsOf(text).flatMap(([encoding, needle]) => (bytes.includes(needle) ? [`${name} ${encoding}`] : [])),
	);

export async function openWatchedBrowser(): Promise<WatchedBrowser> {
	const profile = mkdtempSync(join(tmpdir(), 'firmseal-profile-'));
	const wire = await recordWire();
	const context = await chromium.launchPersistentContext(profile, {
		executablePath: EXECUTABLE,
		args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', WHOLE_STRINGS],
		proxy: { server: `http://127.0.0.1:${wire.port}`, bypass: '<-loopback>' },
		viewport: { width: 1280, height: 900 },
		reducedMotion: 'reduce',
	});
	const said: string[] = [];
	context.on('console', (message) => said.push(message.text()));
	const page = context.pages()[0] ?? (await context.newPage());
	const workers = { begun: 0, ended: 0 };
	page.on('worker', (worker) => {
		workers.begun += 1;
		worker.on('close', () => {
			workers.ended += 1;
		});
	});
	return {
		page,
		untilAnswered: answersOf(page),
		onTheWire: (marks) => marksIn(wire.bytes(), marks),
		inThePages: async (marks) => marksIn(Buffer.from([...said, ...(await shownIn(context))].join('\n')), marks),
		async inTheHeap(marks) {
			const { workers: seen, bytes } = await heapOf(context, page);
			if (seen !== workers.begun - workers.ended) throw new Error(`Of the page’s workers, ${seen} were searched.`);
			return marksIn(bytes, marks);
		},
		blobs: () => countBlobs(context),
		workers: () => ({ ...workers }),
		inMemory: (marks) => processesOf(profile).flatMap((pid) => marksInMemory(pid, marks)),
		async close(marks) {
			await context.close();
			await wire.close();
			const found = Object.entries(marks).flatMap(([name, text]) =>
				findInFiles([profile], text).map((where) => `${name} ${where}`),
			);
			rmSync(profile, { recursive: true, force: true });
			return found;
		},
	};
}

const RENDERED = 'new Promise((rendered) => requestAnimationFrame(() => requestAnimationFrame(rendered)))';

function answersOf(page: Page): () => Promise<void> {
	const open = new Set<unknown>();
	let tell = () => {};
	page.on('request', (request) => {
		if (!request.url().endsWith('/events')) open.add(request);
	});
	const end = (request: unknown) => {
		open.delete(request);
		tell();
	};
	page.on('requestfinished', end);
	page.on('requestfailed', end);
	return async () => {
		await page.evaluate(RENDERED);
		while (open.size > 0) {
			await new Promise<void>((resolve) => {
				tell = resolve;
			});
			await page.evaluate(RENDERED);
		}
	};
}

/** A proxy that keeps everything that servers answer. It asks for answers without compression. */
async function recordWire() {
	const parts: Buffer[] = [];
	const server = createServer((request, response) => {
		const { hostname, port, pathname, search } = new URL(request.url ?? '');
		const { 'accept-encoding': _, 'proxy-connection': __, ...headers } = request.headers;
		const onward = forward({ hostname, port, method: request.method, path: pathname + search, headers }, (answer) => {
			parts.push(Buffer.from(`\n${answer.statusCode} ${request.url}\n${answer.rawHeaders.join('\n')}\n`));
			response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
			answer.on('data', (part: Buffer) => parts.push(part));
			answer.on('error', () => response.destroy());
			answer.pipe(response);
		});
		onward.on('error', () => response.destroy());
		response.on('close', () => onward.destroy());
		request.pipe(onward);
	});
	const port = await listen(server);
	return {
		port,
		bytes: () => Buffer.concat(parts),
		close: () =>
			new Promise<void>((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

/** Everything that a script of the page could read of it, without any of the marks being sent to the browser. */
const READ_STORAGE = `(async () => {
	const asked = (request) => new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
	});
	const databases = [];
	for (const { name } of await indexedDB.databases()) {
		const database = await asked(indexedDB.open(name));
		for (const store of database.objectStoreNames) {
			const all = database.transaction(store).objectStore(store);
			databases.push([name, store, await asked(all.getAllKeys()), await asked(all.getAll())]);
		}
		database.close();
	}
	const cached = [];
	for (const name of await caches.keys())
		for (const request of await (await caches.open(name)).keys())
			cached.push([request.url, await (await (await caches.open(name)).match(request)).text()]);
	return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, databases, cached, location.href, history.state, window.name, document.title]);
})()`;

async function shownIn(context: BrowserContext): Promise<string[]> {
	const texts = [JSON.stringify(await context.cookies())];
	for (const page of context.pages()) {
		for (const frame of page.frames()) texts.push(await frame.content(), frame.url());
		if (page.url().startsWith('http')) texts.push(await page.evaluate<string>(READ_STORAGE));
		const fields = await page.locator('input, textarea').all();
		for (const field of fields) texts.push(await field.inputValue().catch(() => ''));
		const history = await context.newCDPSession(page);
		texts.push(JSON.stringify(await history.send('Page.getNavigationHistory')));
		await history.detach();
	}
	return texts;
}

async function heapOf(context: BrowserContext, page: Page) {
	const session = await context.newCDPSession(page);
	const workers = await workersOf(session);
	const heaps: Buffer[] = [];
	for (const each of [session, ...workers]) heaps.push(await snapshot(each));
	await session.detach();
	return { workers: workers.length, bytes: Buffer.concat(heaps) };
}

type Asked = Pick<CDPSession, 'on' | 'off'> & {
	send(
		method: 'HeapProfiler.enable' | 'HeapProfiler.collectGarbage' | 'HeapProfiler.takeHeapSnapshot',
	): Promise<unknown>;
};

async function snapshot(session: Asked): Promise<Buffer> {
	const chunks: Buffer[] = [];
	const keep = ({ chunk }: { chunk: string }) => void chunks.push(Buffer.from(chunk));
	await session.send('HeapProfiler.enable');
	// Twice: what the first collection ends may have held something else.
	await session.send('HeapProfiler.collectGarbage');
	await session.send('HeapProfiler.collectGarbage');
	session.on('HeapProfiler.addHeapSnapshotChunk', keep);
	await session.send('HeapProfiler.takeHeapSnapshot');
	session.off('HeapProfiler.addHeapSnapshotChunk', keep);
	return Buffer.concat(chunks);
}

/** Chromium's own page on the blobs that it stores. */
async function countBlobs(context: BrowserContext): Promise<number> {
	const page = await context.newPage();
	await page.goto('chrome://blob-internals');
	const text = (await page.locator('body').textContent()) ?? '';
	await page.close();
	return text.match(/Refcount:/g)?.length ?? 0;
}

/** The workers of a page, each as a session. */
async function workersOf(session: CDPSession): Promise<Asked[]> {
	const found: string[] = [];
	const attached = ({ sessionId, targetInfo }: { sessionId: string; targetInfo: { type: string } }) => {
		if (targetInfo.type.includes('worker')) found.push(sessionId);
	};
	session.on('Target.attachedToTarget', attached);
	await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
	session.off('Target.attachedToTarget', attached);
	return found.map((sessionId) => workerSession(session, sessionId));
}

function workerSession(session: CDPSession, sessionId: string): Asked {
	let last = 0;
	const listeners = new Set<(event: never) => void>();
	const waiting = new Map<number, (answer: unknown) => void>();
	session.on('Target.receivedMessageFromTarget', ({ sessionId: from, message }) => {
		if (from !== sessionId) return;
		const { id, method, params, result } = JSON.parse(message);
		waiting.get(id)?.(result);
		if (method === 'HeapProfiler.addHeapSnapshotChunk') for (const listener of listeners) listener(params as never);
	});
	return {
		on: (_: unknown, listener: (event: never) => void) => void listeners.add(listener),
		off: (_: unknown, listener: (event: never) => void) => void listeners.delete(listener),
		async send(method: string) {
			const id = ++last;
			const answered = new Promise((resolve) => waiting.set(id, resolve));
			await session.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method }) });
			return answered;
		},
	} as unknown as Asked;
}

/** The processes of the browser with this profile. */
export function processesOf(profile: string): number[] {
	const all = readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.map((name) => ({ pid: Number(name), text: textOf(`/proc/${name}/cmdline`), parent: parentOf(Number(name)) }));
	const found = new Set(all.filter(({ text }) => text.includes(profile)).map(({ pid }) => pid));
	for (let size = 0; size < found.size; ) {
		size = found.size;
		for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
	}
	return [...found];
}

const textOf = (path: string): string => {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return '';
	}
};

const parentOf = (pid: number): number => Number(/^PPid:\s+(\d+)$/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0);

const PIECE = 8 * 1024 * 1024;

/** Marks in the memory of a process, freed memory included. */
export function marksInMemory(pid: number, marks: Readonly<Record<string, string | Buffer>>): string[] {
	const needles = Object.entries(marks).flatMap(([name, mark]) =>
		(typeof mark === 'string' ? encodingsOf(mark) : [['bytes', mark] as const])
			.filter(([encoding]) => !/hex|url/i.test(encoding))
			.map(([encoding, bytes]) => ({ name: `${name} ${encoding} in process ${pid}`, bytes })),
	);
	const found = new Set<string>();
	let memory: number;
	try {
		memory = openSync(`/proc/${pid}/mem`, 'r');
	} catch {
		return [];
	}
	const piece = Buffer.alloc(PIECE);
	for (const [from, to] of writableParts(pid)) {
		// Pieces overlap, so that nothing is missed between two.
		for (let at = from; at < to; at += PIECE - 256) {
			const bytes = piece.subarray(0, readAt(memory, piece, Math.min(PIECE, to - at), at));
			for (const { name, bytes: needle } of needles) if (!found.has(name) && bytes.includes(needle)) found.add(name);
		}
	}
	closeSync(memory);
	return [...found];
}

function readAt(memory: number, into: Buffer, length: number, position: number): number {
	try {
		return readSync(memory, into, 0, length, position);
	} catch {
		return 0;
	}
}

/** Addresses of the memory that a process can write and that is in use. */
function writableParts(pid: number): (readonly [from: number, to: number])[] {
	return textOf(`/proc/${pid}/smaps`)
		.split(/\n(?=[0-9a-f]+-[0-9a-f]+ )/)
		.flatMap((part) => {
			const [, from = '', to = ''] = /^([0-9a-f]+)-([0-9a-f]+) .w/.exec(part) ?? [];
			const kilobytes = Number(/^Rss:\s+(\d+)/m.exec(part)?.[1] ?? 0) + Number(/^Swap:\s+(\d+)/m.exec(part)?.[1] ?? 0);
			return from !== '' && kilobytes > 0 ? [[Number.parseInt(from, 16), Number.parseInt(to, 16)] as const] : [];
		});
}
