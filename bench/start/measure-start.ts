import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposableSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fact } from '../harness/facts.ts';
import { askOnce, bearer, ONE_NOTE } from '../harness/query.ts';
import { spreadOf } from '../harness/rounds.ts';
import type { Section } from '../harness/section.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
/** Starts after the first. */
const STARTS = 3;
/** Seconds. */
const START_TARGET = 5;
const STOP_TARGET = 3;
const READY = /Firmseal answers on (http:[\w.:/]+)\/graphql\n.*?\n {2}\. (\S+)\n/s;
/** What the first start prints at the beginning of each long step. Ctrl-C follows immediately. */
const STEPS = [/database/, /schema/, /demo\.\./];

/** From `npm start` to an answer with content, in a new directory and in an existing one; and from Ctrl-C to the end. */
export const start: Section = {
	name: 'start',
	title: 'npm start',
	steps: () => 1 + STARTS + STEPS.length,
	async measure({ signal, onStep }) {
		using directory = mkdtempDisposableSync(join(tmpdir(), 'firmseal-bench-start-'));
		const starts: number[] = [];
		for (let n = 0; n <= STARTS; n++) {
			signal.throwIfAborted();
			starts.push(await startOnce(directory.path));
			onStep();
		}
		const stops: Stop[] = [];
		for (const step of STEPS) {
			signal.throwIfAborted();
			stops.push(await stopOnce(join(directory.path, `${stops.length}`), step));
			onStep();
		}
		const [first = Number.NaN, ...again] = starts;
		const longest = (of: keyof Stop) => Math.max(...stops.map((stop) => stop[of]));
		return {
			tables: [],
			facts: [
				{
					title: 'From npm start to the first answer',
					facts: [
						fact('with its data, median of three', spreadOf(again).median, 's', START_TARGET),
						fact('the first time: database, keys and demo are made', first, 's'),
					],
				},
				{
					title: 'From Ctrl-C during the first start to its end',
					facts: [
						fact(
							'every process has ended: while the database, the schema or the demo is made, the longest',
							longest('ended'),
							's',
							STOP_TARGET,
						),
						fact('it says that it stops, the longest', longest('acknowledged'), 's'),
					],
				},
			],
		};
	},
};

/** Runs `npm start` in a process group of its own, as a terminal does, so that interrupt() also reaches the children of npm. */
function launch(directory: string) {
	const env = { ...process.env, FIRMSEAL_DATA_DIR: directory, FIRMSEAL_PORT: '0' };
	const child = spawn('npm', ['start'], { cwd: PROJECT, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
	child.stderr.resume();
	return {
		stdout: child.stdout,
		stderr: child.stderr,
		/** Resolves when all processes have closed the output. */
		ended: once(child, 'close'),
		interrupt() {
			if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
		},
	};
}

/** Seconds from the start until a note is read. */
async function startOnce(directory: string): Promise<number> {
	const started = performance.now();
	const { stdout, ended, interrupt } = launch(directory);
	try {
		const [, url = '', file = ''] = await untilPrinted(stdout, READY);
		const [, token = ''] = /^MEMBER='(\S+)'/m.exec(readFileSync(resolve(PROJECT, file), 'utf8')) ?? [];
		await askOnce(url, bearer(token), ONE_NOTE);
		return (performance.now() - started) / 1000;
	} finally {
		interrupt();
		await ended;
	}
}

type Stop = Awaited<ReturnType<typeof stopOnce>>;

/** Seconds from Ctrl-C. */
async function stopOnce(directory: string, step: RegExp) {
	const { stderr, ended, interrupt } = launch(directory);
	await untilPrinted(stderr, step);
	const stopped = performance.now();
	const secondsSince = () => (performance.now() - stopped) / 1000;
	const acknowledged = untilPrinted(stderr, /Stopping/).then(secondsSince);
	interrupt();
	await ended;
	return { ended: secondsSince(), acknowledged: await acknowledged };
}

/** Continues to read after the match, because a full pipe would block the program. */
function untilPrinted(stream: NodeJS.ReadableStream, pattern: RegExp): Promise<RegExpExecArray> {
	const found = Promise.withResolvers<RegExpExecArray>();
	let text = '';
	stream.on('data', (part) => {
		text += part;
		const match = pattern.exec(text);
		if (match) found.resolve(match);
	});
	stream.once('end', () => found.reject(new Error(`npm start ended before it printed ${pattern}.`)));
	return found.promise;
}
