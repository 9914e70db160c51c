import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Sql } from 'postgres';
import type { TestFirm, TestInstallation } from '../../support/installation.ts';
import { bare } from '../../system/program.ts';
import { ask, ended } from '../stage.ts';
import type { Stepped } from '../working-process.ts';
import type { LegacyProgram } from './legacy.ts';

/** A worker of the program that works when the installation's workers are stepped. */
export function stepWorking({ worker }: LegacyProgram, { env, stepWith }: TestInstallation) {
	const child = fork(worker, ['stepped'], { env: { ...bare(), ...env }, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
	let isStopped = false;
	const over = once(child, 'exit').then(() => {
		if (!isStopped) throw new Error('the worker has ended');
	});
	over.catch(() => {});
	const resting: (() => void)[] = [];
	child.on('message', (number) => resting[number as number]?.());
	const leave = stepWith((milliseconds) => {
		const number = resting.length;
		const rests = new Promise<void>((resolve) => void resting.push(resolve));
		child.send({ number, milliseconds } satisfies Stepped, () => {});
		return Promise.race([rests, over]);
	});
	return {
		async stop() {
			leave();
			isStopped = true;
			child.kill('SIGKILL');
			await over;
		},
	};
}

/** A worker of the program that works by itself and is replaced when it ends. */
export function keepWorking({ worker }: LegacyProgram, { env }: TestInstallation) {
	let child: ChildProcess;
	let isOver = false;
	const start = () => {
		child = fork(worker, { env: { ...bare(), ...env }, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
		child.once('exit', () => isOver || start());
	};
	start();
	return {
		/** Kills the worker as `kill -9` does. Another worker replaces it. */
		kill: () => child.kill('SIGKILL'),
		async stop() {
			isOver = true;
			child.kill('SIGKILL');
			if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
		},
	};
}

const PLATFORM = '00000000-0000-0000-0000-000000000000';

export type Step = 'expand' | 'backfill' | 'verify' | 'cutover' | 'rollback';

export const PHASES = { expand: 'EXPANDED', cutover: 'CUTOVER', rollback: 'ROLLED_BACK' } as const;

/** Requests what `firmseal migrate` requests, without starting a process. Returns how each job ended. */
export async function migrateAs(
	installation: TestInstallation,
	step: Step,
	firms: readonly string[],
	{ subject, class: ofClass }: { readonly subject: string; readonly class: string },
) {
	const of = { version: null, subject } as const;
	const move = async (terms: string) => {
		const { job } = await ask(installation, { ...of, firm: PLATFORM, class: null, kind: 'MOVE', terms });
		return ended(installation, job.id);
	};
	if (step !== 'backfill' && step !== 'verify') return [await move(PHASES[step])];
	const kind = step === 'backfill' ? 'BACKFILL' : 'VERIFY';
	const jobs = [];
	for (const firm of firms) jobs.push((await ask(installation, { ...of, firm, class: ofClass, kind })).job.id);
	const ends = [];
	for (const id of jobs) ends.push(await ended(installation, id));
	if (step === 'verify' && ends.every(({ state }) => state === 'DONE')) ends.push(await move('VERIFIED'));
	return ends;
}

/**
 * Writes as a program that doesn't know the sealed column, in the role of a firm's plane. Returns the SQLSTATE of a refusal; null if
 * nothing was refused.
 */
export async function asOldProgram(
	{ signIn }: Pick<TestInstallation, 'signIn'>,
	{ id }: Pick<TestFirm, 'id'>,
	work: (tx: Sql) => Promise<unknown>,
): Promise<string | null> {
	try {
		await signIn('firm').begin(async (tx) => {
			await tx`select set_config('role', 'firmseal_firm', true), set_config('firmseal.firm', ${id}, true)`;
			await work(tx as unknown as Sql);
		});
		return null;
	} catch (error) {
		return (error as { code: string }).code;
	}
}
