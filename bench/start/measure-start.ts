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

/** From `npm start` to an answer with content, in a directory that is new, and in one that is there. */
export const start: Section = {
	name: 'start',
	title: 'npm start',
	steps: () => 1 + AGAIN,
	async measure({ signal, onStep }) {
		const directory = mkdtempSync(join(tmpdir(), 'firmseal-bench-start-'));
		try {
			const seconds: number[] = [];
			for (let n = 0; n <= AGAIN; n++) {
				signal.throwIfAborted();
				seconds.push(await startOnce(directory));
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
				],
			};
		} finally {
			rmSync(directory, { recursive: true, force: true });
		}
	},
};

/** Seconds until a note is read; then it is stopped. */
async function startOnce(directory: string): Promise<number> {
	const env = { ...process.env, FIRMSEAL_DATA_DIR: directory, FIRMSEAL_PORT: '0' };
	const started = performance.now();
	// A group of its own, as a terminal has it: npm is stopped with what it runs.
	const child = spawn('npm', ['start'], { cwd: PROJECT, env, stdio: ['ignore', 'pipe', 'ignore'], detached: true });
	const ended = once(child, 'close');
	try {
		const [, url = '', file = ''] = await invitationOf(child.stdout);
		const [, token = ''] = /^MEMBER='(\S+)'/m.exec(readFileSync(resolve(PROJECT, file), 'utf8')) ?? [];
		await askOnce(url, bearer(token), BODY);
		return (performance.now() - started) / 1000;
	} finally {
		if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
		await ended;
	}
}

/** The rest is read too: a program that is not listened to would stand still. */
function invitationOf(stdout: NodeJS.ReadableStream): Promise<RegExpExecArray> {
	const found = Promise.withResolvers<RegExpExecArray>();
	let said = '';
	stdout.on('data', (part) => {
		said += part;
		const invitation = INVITATION.exec(said);
		if (invitation) found.resolve(invitation);
	});
	stdout.once('end', () => found.reject(new Error('npm start ended before it had said where it answers.')));
	return found.promise;
}
