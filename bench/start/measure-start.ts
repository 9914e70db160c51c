import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { askOnce, bearer, bodyOf } from '../load/query.ts';
import type { Section } from '../section.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const BODY = bodyOf('{ notes(first: 1) { nodes { id title body } } }');
/** Starts after the first, of which the median is told. */
const AGAIN = 3;
/** Seconds. */
const TARGET = 5;
const INVITATION = /Firmseal answers on (http:[\w.:/]+)\/graphql\n.*?\n {2}\. (\S+)\n/s;

/** What the first start says when it comes to something that takes long, and Ctrl-C comes then. */
const MOMENTS = [/database/, /schema/, /demo\.\./];
/** Seconds in which Ctrl-C ends it. */
const MOST = 3;

/** From `npm start` to an answer with content, in a directory that is new, and in one that is there; and from Ctrl-C to the end. */
export const start: Section = {
	name: 'start',
	title: 'npm start',
	steps: () => 1 + AGAIN + MOMENTS.length,
	async measure({ signal, onStep }) {
		const directory = mkdtempSync(join(tmpdir(), 'firmseal-bench-start-'));
		try {
			const seconds: number[] = [];
			for (let n = 0; n <= AGAIN; n++) {
				signal.throwIfAborted();
				seconds.push(await startOnce(directory));
				onStep();
			}
			const stops: Stop[] = [];
			for (const moment of MOMENTS) {
				signal.throwIfAborted();
				stops.push(await stopOnce(join(directory, `${stops.length}`), moment));
				onStep();
			}
			const [first = Number.NaN, ...again] = seconds;
			const median = again.toSorted((a, b) => a - b)[AGAIN >> 1] ?? Number.NaN;
			return {
				tables: [],
				facts: [
					{
						title: 'From npm start to the first answer',
						facts: [
							{ what: 'with its data, median of three', value: median, unit: 's', target: TARGET },
							{ what: 'the first time: database, keys and demo are made', value: first, unit: 's', target: null },
						],
					},
					{
						title: 'From Ctrl-C during the first start to its end',
						facts: [
							{
								what: 'every process has ended: while the database, the schema or the demo is made, the longest',
								value: Math.max(...stops.map(({ ended }) => ended)),
								unit: 's',
								target: MOST,
							},
							{
								what: 'it says that it stops, the longest',
								value: Math.max(...stops.map(({ said }) => said)),
								unit: 's',
								target: null,
							},
						],
					},
				],
			};
		} finally {
			rmSync(directory, { recursive: true, force: true });
		}
	},
};

/** `npm start` in a group of its own, as a terminal has it: npm is stopped with what it runs. */
function launch(directory: string) {
	const env = { ...process.env, FIRMSEAL_DATA_DIR: directory, FIRMSEAL_PORT: '0' };
	const child = spawn('npm', ['start'], { cwd: PROJECT, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
	child.stderr.resume();
	return {
		stdout: child.stdout,
		stderr: child.stderr,
		/** When no process has its output any more. */
		ended: once(child, 'close'),
		interrupt() {
			if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
		},
	};
}

/** Seconds until a note is read; then it is stopped. */
async function startOnce(directory: string): Promise<number> {
	const started = performance.now();
	const { stdout, ended, interrupt } = launch(directory);
	try {
		const [, url = '', file = ''] = await said(stdout, INVITATION);
		const [, token = ''] = /^MEMBER='(\S+)'/m.exec(readFileSync(resolve(PROJECT, file), 'utf8')) ?? [];
		await askOnce(url, bearer(token), BODY);
		return (performance.now() - started) / 1000;
	} finally {
		interrupt();
		await ended;
	}
}

/** Seconds from Ctrl-C, which comes at a moment of a first start. */
interface Stop {
	readonly said: number;
	readonly ended: number;
}

async function stopOnce(directory: string, moment: RegExp): Promise<Stop> {
	const { stderr, ended, interrupt } = launch(directory);
	await said(stderr, moment);
	const stopped = performance.now();
	const since = () => (performance.now() - stopped) / 1000;
	const acknowledged = said(stderr, /Stopping/).then(since);
	interrupt();
	await ended;
	return { ended: since(), said: await acknowledged };
}

/** The rest is read too: a program that is not listened to would stand still. */
function said(stream: NodeJS.ReadableStream, pattern: RegExp): Promise<RegExpExecArray> {
	const found = Promise.withResolvers<RegExpExecArray>();
	let text = '';
	stream.on('data', (part) => {
		text += part;
		const match = pattern.exec(text);
		if (match) found.resolve(match);
	});
	stream.once('end', () => found.reject(new Error(`npm start ended before it had said ${pattern}.`)));
	return found.promise;
}
