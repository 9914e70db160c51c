import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLogFile } from '../../src/cli/start/log-file.ts';
import { superviseDatabase } from '../../src/cli/start/supervise-database.ts';
import { SetupError } from '../../src/errors.ts';
import { steppedClock } from '../support/stepped-clock.ts';

/** A supervised server. `starts` decides for each attempt, by its number, whether the server starts. */
function startSupervised(starts: (attempt: number) => boolean) {
	const clock = steppedClock();
	const begun = clock.now();
	const seen = { said: [] as string[], at: [] as number[], lost: [] as SetupError[] };
	let runs = false;
	const supervisor = superviseDatabase({
		clock,
		logger: { error: () => {}, info: () => {} },
		say: (sentence) => seen.said.push(sentence),
		log: '/data/postgres/log',
		isRunning: () => runs,
		async restart() {
			seen.at.push(clock.now() - begun);
			runs = starts(seen.at.length);
			if (!runs) throw new Error('it does not start');
		},
		onLost: (why) => seen.lost.push(why),
	});
	const kill = () => {
		runs = false;
	};
	return { ...seen, clock, supervisor, kill };
}

describe('the embedded PostgreSQL of a server', () => {
	it('is restarted with growing pauses, and is given up after eight attempts', async () => {
		const { clock, at, said, lost, supervisor } = startSupervised(() => false);
		for (let n = 0; n < 200; n++) await clock.advance(500);
		expect(at).toEqual([500, 1_000, 2_000, 4_000, 8_000, 13_000, 18_000, 23_000]);
		const next = [0.5, 1, 2, 4, 5, 5, 5].map((wait) => `The next restart is in ${wait} s`);
		expect(said).toEqual([
			'The embedded PostgreSQL ended unexpectedly and is being restarted.',
			...[...next, 'It was the last'].map(
				(then, n) => `The embedded PostgreSQL is still down: restart ${n + 1} of 8 failed. ${then}.`,
			),
		]);
		expect(lost).toEqual([
			new SetupError('The embedded PostgreSQL keeps ending, and 8 restarts did not help: see /data/postgres/log.'),
		]);
		await supervisor.stop();
	});

	it('has all its attempts again after running for half a minute, but not if it keeps dying', async () => {
		const { clock, at, lost, said, kill, supervisor } = startSupervised(() => true);
		for (let n = 0; n < 20; n++) {
			await clock.advance(60_000);
			kill();
			await clock.advance(5_000);
		}
		expect([at.length, lost.length]).toEqual([21, 0]);
		for (let n = 0; n < 20; n++) {
			kill();
			await clock.advance(5_000);
		}
		expect(lost).toHaveLength(1);
		// Every end is reported, even if it follows the one before at once.
		const [ended, runs] = [
			'The embedded PostgreSQL ended unexpectedly and is being restarted.',
			'The embedded PostgreSQL is running again.',
		];
		expect(said).toEqual(at.flatMap(() => [ended, runs]));
		await supervisor.stop();
	});
});

it('a log file is rotated at its maximum size, and the previous file is kept', () => {
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-log-'));
	onTestFinished(() => rmSync(directory, { recursive: true }));
	const path = join(directory, 'log');
	const first = openLogFile(path, 20);
	for (const line of ['one\n', 'and a longer one, over it\n', 'two\n']) first.write(line);
	expect([readFileSync(`${path}.1`, 'utf8'), readFileSync(path, 'utf8')]).toEqual([
		'one\nand a longer one, over it\n',
		'two\n',
	]);
	expect(statSync(path).mode & 0o777).toBe(0o600);
	first.close();
	const second = openLogFile(path, 20);
	second.write('three\n');
	second.close();
	expect(readFileSync(path, 'utf8')).toBe('two\nthree\n');
});

it('a log file that is a link is refused, even if it becomes a link later, and the target is not changed', () => {
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-log-'));
	onTestFinished(() => rmSync(directory, { recursive: true }));
	const [path, elsewhere] = [join(directory, 'log'), join(directory, 'elsewhere')];
	writeFileSync(elsewhere, 'as it was');
	const log = openLogFile(path);
	symlinkSync(elsewhere, path);
	log.write('a line\n');
	log.close();
	expect(readFileSync(elsewhere, 'utf8')).toBe('as it was');
	expect(() => openLogFile(path)).toThrow(
		new SetupError(`${path} is a link: remove it, so that log lines go to a file there.`),
	);
});
