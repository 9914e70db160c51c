import { expect } from 'vitest';
import { PROCESS_IO, withIo } from '../../../src/cli/io.ts';
import { approverOfToken } from '../../../src/cli/jobs/approver-of-token.ts';
import {
	continueRecovery,
	type RecoveryKind,
	type RecoveryOptions,
	requestKeyRecovery,
} from '../../../src/cli/recovery/request-recovery.ts';
import type { Clock } from '../../../src/clock/clock.ts';
import { readConfig } from '../../../src/config/config.ts';
import { approveJob, cancelRequestedJob, checkJobApproval, hashJob } from '../../../src/jobs/index.ts';
import { type Installation, withInstallation } from '../../../src/wiring/installation.ts';
import type { Person } from '../../support/person.ts';
import type { makeEscrow } from './escrows.ts';
import type { Holders } from './holders.ts';

export type Made = Awaited<ReturnType<typeof makeEscrow>>;

interface People {
	/** Environment of the commands. */
	readonly env: Readonly<Record<string, string>>;
	/** Tokens of two approvers: one requests, the other approves. */
	readonly one: Person;
	readonly two: Person;
	readonly holders: Holders;
	/** The clock by which the commands wait for workers. */
	readonly clock: Clock;
}

// biome-ignore lint/suspicious/noExplicitAny: tests read results of any shape
type Seen = any;

const succeeded = ({ result, problem }: { result: unknown; problem?: string | undefined }): Seen => ({
	...(result as object),
	problem,
});
const failed = ({ code, message }: { code: string; message: string }): Seen => ({ code, message });

/** Runs recoveries and drills as commands do, without starting processes. Returns code and sentence of an error. */
export function recoveringBy({ env, one, two, holders, clock }: People) {
	const configOf = (token: Person) => readConfig({ ...env, FIRMSEAL_TOKEN: `${token}` });
	const withTwo = <T>(work: (admin: Installation, by: Awaited<ReturnType<typeof approverOfToken>>) => Promise<T>) =>
		withInstallation(configOf(two), async (admin) => work(admin, await approverOfToken(configOf(two), admin)));
	const ask = (kind: RecoveryKind, options: RecoveryOptions) =>
		requestKeyRecovery(configOf(one), kind, { minutes: 60, ...options }).then(succeeded, failed);
	const goOn = (kind: RecoveryKind, job: string, options: RecoveryOptions = {}) =>
		withIo({ ...PROCESS_IO, clock }, () => continueRecovery(readConfig(env), kind, job, options)).then(
			succeeded,
			failed,
		);
	const asked = async (kind: RecoveryKind, options: RecoveryOptions): Promise<string> => {
		const { jobs, message } = await ask(kind, options);
		expect([message, jobs?.[0].state]).toEqual([undefined, 'WAITING']);
		return jobs[0].id;
	};
	const agreeTo = (job: string) =>
		withTwo(async (admin, by) =>
			approveJob(admin, { job, requestHash: hashJob(await checkJobApproval(admin, job, by)) }, by),
		);
	const handIn = async (kind: RecoveryKind, job: string, { shareOf }: Pick<Made, 'shareOf'>, name: string) => {
		const { recipient } = await goOn(kind, job);
		return goOn(kind, job, { share: holders.encrypt(name, shareOf(name), recipient) });
	};
	return {
		ask,
		asked,
		agreeTo,
		cancel: (job: string) => withTwo((admin) => cancelRequestedJob(admin, job)),
		goOn,
		handIn,
		/** Runs a recovery from beginning to end, with the shares of `by`, which are enough. */
		async recovered(
			kind: RecoveryKind,
			of: Made,
			whose: Pick<RecoveryOptions, 'firm' | 'platform'>,
			by: readonly string[] = ['platform', 'notary'],
		) {
			const job = await asked(kind, { ...whose, escrow: of.file });
			await agreeTo(job);
			let last: Seen;
			for (const name of by) last = await handIn(kind, job, of, name);
			expect([last.message, last.problem]).toEqual([undefined, undefined]);
			return { job, counts: last.counts as Readonly<Record<string, number>> };
		},
	};
}
