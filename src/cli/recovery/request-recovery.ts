import { v7 as uuidv7 } from 'uuid';
import type { Config } from '../../config/index.ts';
import {
	hasEscrowFile,
	insertRecoveryFile,
	type JobRow,
	type RecoveryFileRow,
	type RecoverySessionRow,
	selectEscrowsOf,
	selectJob,
	selectRecoveryFile,
	selectRecoverySession,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { assertShareFile, hashEscrowFile, isSessionProven, recoveryRequest } from '../../jobs/index.ts';
import { type Installation, withInstallation } from '../../wiring/index.ts';
import { type CommandResult, UsageError } from '../command.ts';
import { readSmallFile } from '../files/index.ts';
import { currentIo } from '../io.ts';
import {
	findOwnedKeys,
	followJobs,
	jobSummary,
	type KeyOwnerOptions,
	requestAndFollow,
	withLeftOut,
} from '../jobs/index.ts';

export type RecoveryKind = 'RECOVER' | 'DRILL';

export interface RecoveryOptions extends KeyOwnerOptions {
	readonly escrow?: string;
	readonly minutes?: number;
	readonly job?: string;
	readonly share?: string;
	readonly dryRun?: boolean;
}

/** The most bytes that the database accepts. */
const LONGEST_ESCROW = 67_108_864;
const LONGEST_SHARE = 4_096;

/** Milliseconds between two polls, and the longest wait for a worker. */
const POLL_EVERY = 200;
const LONGEST_WAIT = 20_000;

/** Requests the job and hands in the escrow file, which any worker can use. */
export async function requestKeyRecovery(
	config: Config,
	kind: RecoveryKind,
	{ firm, platform, escrow, minutes = 0, ...options }: RecoveryOptions,
): Promise<CommandResult> {
	if ((firm === undefined && !platform) || escrow === undefined)
		throw new UsageError('Give --firm or --platform together with --escrow to start a job, or --job to continue one.');
	if (options.share !== undefined)
		throw new UsageError('Give --share with --job: shares are for a job that was approved.');
	const file = await readSmallFile(escrow, LONGEST_ESCROW);
	const digest = hashEscrowFile(file);
	return withInstallation(config, async (installation) => {
		const of = await findOwnedKeys(installation, { firm, platform });
		const known = await installation.worker.read(null, (tx) => selectEscrowsOf(tx, digest));
		if (known.some(({ number }) => number > 0))
			throw new FirmsealError(
				'BAD_USER_INPUT',
				'This is the share of a holder, not the escrow: give `escrow.age` here, and shares with --share once the job is approved.',
			);
		if (known.length > 0 && !known.some(({ firmId }) => firmId === of.id))
			throw new FirmsealError(
				'BAD_USER_INPUT',
				'This is the escrow of another firm or of the platform: name its owner with --firm or --platform, or give the right file.',
			);
		const request = recoveryRequest(kind, of.id, { escrow: digest, minutes });
		const answer = await requestAndFollow(config, installation, [request], { ...options, wait: false });
		const isKnown = known.length > 0;
		const result = { ...(answer.result as object), sha256: digest, isKnown, keys: of.keys.length };
		const unknown = isKnown
			? []
			: [
					'This database does not know the escrow. If the database was restored from a copy, the escrow may be newer than the copy.',
				];
		if (options.dryRun)
			return withLeftOut({ result, text: [`${answer.text} from ${digest}.`, ...unknown].join('\n') }, of);
		const [job] = (answer.result as { readonly jobs: readonly { readonly id: string }[] }).jobs;
		if (job) await submitFileOnce(installation, { id: job.id, firmId: of.id }, file);
		const onward = `Then \`firmseal keys ${nameOf(kind)} --job ${job?.id}\` shows the recipient that holders encrypt their shares to.`;
		return withLeftOut({ result, text: [answer.text, ...unknown, onward].join('\n') }, of);
	});
}

const nameOf = (kind: RecoveryKind) => (kind === 'RECOVER' ? 'recover' : 'drill');

async function submitFileOnce(
	{ worker }: Installation,
	{ id: jobId, firmId }: Pick<JobRow, 'id' | 'firmId'>,
	file: Uint8Array,
): Promise<void> {
	await worker.write(firmId, async (tx) => {
		if (!(await hasEscrowFile(tx, jobId)))
			await insertRecoveryFile(tx, { id: uuidv7(), jobId, firmId, session: null, file });
	});
}

/** Hands a share or the escrow file to the worker that waits for it, and shows the state of the job. */
export async function continueRecovery(
	config: Config,
	kind: RecoveryKind,
	id: string,
	{ escrow, share, dryRun }: RecoveryOptions,
): Promise<CommandResult> {
	const file = await fileOf(escrow, share);
	return withInstallation(config, async (installation) => {
		const { worker } = installation;
		const job = await worker.read(null, (tx) => selectJob(tx, id));
		if (job?.kind !== kind)
			throw new FirmsealError(
				'NOT_FOUND',
				`No job of this kind has this id: \`firmseal job list\` shows the newest jobs.`,
			);
		if (job.endedAt !== null) return endOf(installation, job);
		if (job.state === 'WAITING')
			throw new FirmsealError(
				'CONFLICT',
				`Another approver must agree first, with \`firmseal job approve --job ${id}\`.`,
			);
		const session = await sessionOf(installation, job);
		if (session === null) return endOf(installation, job);
		if (file === null || dryRun) return invite(job, session, file !== null);
		const isShare = share !== undefined;
		const of = { id: uuidv7(), jobId: id, firmId: job.firmId, session: isShare ? session.session : null, file };
		await worker.write(job.firmId, (tx) => insertRecoveryFile(tx, of));
		return answerTo(installation, job, { session, fileId: of.id, isShare });
	});
}

async function fileOf(escrow: string | undefined, share: string | undefined): Promise<Uint8Array | null> {
	if (escrow !== undefined) {
		const file = await readSmallFile(escrow, LONGEST_ESCROW);
		hashEscrowFile(file);
		return file;
	}
	if (share === undefined) return null;
	const file = await readSmallFile(share, LONGEST_SHARE);
	assertShareFile(file);
	return file;
}

/**
 * Waits for the session of the worker that runs the job; null if the job has ended.
 * @throws FirmsealError FORBIDDEN if no worker made the session: its author would receive the shares; CONFLICT if no worker takes the job
 */
async function sessionOf({ worker, rights }: Installation, job: JobRow): Promise<RecoverySessionRow | null> {
	const { clock } = currentIo();
	for (const end = clock.now() + LONGEST_WAIT; ; await clock.sleep(POLL_EVERY)) {
		const row = await worker.read(job.firmId, (tx) => selectRecoverySession(tx, job.id));
		if (row && (await isSessionProven(rights, row))) return row;
		if (row)
			throw new FirmsealError(
				'FORBIDDEN',
				'No worker wrote the recipient of this job: encrypt nothing to it, and cancel the job.',
			);
		const now = await worker.read(null, (tx) => selectJob(tx, job.id));
		if (now?.endedAt != null) return null;
		if (clock.now() > end)
			throw new FirmsealError(
				'CONFLICT',
				'No worker has taken the job: run `firmseal worker`, then run this command again.',
			);
	}
}

function invite(job: JobRow, { recipient, session }: RecoverySessionRow, isTried: boolean): CommandResult {
	return {
		result: { ...(isTried && { dryRun: true }), job: jobSummary(job), session, recipient },
		text: [
			...(isTried ? ['Would hand the file in.'] : []),
			`Holders encrypt to ${recipient}, and to no other recipient that anyone gives them:`,
			`  age -d -i own.key share.age | age -r ${recipient} > for-recovery.age`,
			`Hand in each file with \`firmseal keys ${nameOf(job.kind as RecoveryKind)} --job ${job.id} --share for-recovery.age\`.`,
		].join('\n'),
	};
}

/** Waits for the worker's answer about a file. If that file was the last that the worker needed, waits for the end of the job. */
async function answerTo(
	installation: Installation,
	job: JobRow,
	{ session, fileId, isShare }: { session: RecoverySessionRow; fileId: string; isShare: boolean },
): Promise<CommandResult> {
	const { worker } = installation;
	const { clock } = currentIo();
	for (const end = clock.now() + LONGEST_WAIT; ; await clock.sleep(POLL_EVERY)) {
		const seen = await worker.read(job.firmId, async (tx) => ({
			row: await selectRecoveryFile(tx, fileId),
			now: await selectRecoverySession(tx, job.id),
			hasEscrow: await hasEscrowFile(tx, job.id),
			// Read last: the end of a job deletes its files, so a file that is gone does not mean that it was never handed in.
			job: await selectJob(tx, job.id),
		}));
		if (seen.job?.endedAt != null) return endOf(installation, job);
		if (isShare && seen.now && seen.now.session !== session.session) throw sessionReplacedError();
		if (seen.row?.answer === 'REFUSED')
			throw new FirmsealError('BAD_USER_INPUT', seen.row.refusal ?? 'The worker has refused the file.');
		if (seen.row?.answer === 'TAKEN') return taken(installation, job, seen.row, seen.hasEscrow);
		if (clock.now() > end)
			throw new FirmsealError(
				'CONFLICT',
				'The worker does not answer. If it has stopped, another worker starts with a new recipient: run the command with --job alone to see it, and hand in all shares again.',
			);
	}
}

const sessionReplacedError = () =>
	new FirmsealError(
		'CONFLICT',
		'The worker that had the shares has stopped, and another has started with a new recipient: run the command with --job alone to see it, and hand in all shares again.',
	);

async function taken(
	installation: Installation,
	job: JobRow,
	{ holder, side, have, need }: RecoveryFileRow,
	hasEscrow: boolean,
): Promise<CommandResult> {
	if (holder !== null && have !== null && need !== null && have >= need && hasEscrow) return endOf(installation, job);
	if (holder === null)
		return { result: { job: jobSummary(job), escrow: 'TAKEN' }, text: 'The worker has the escrow file.' };
	const missing = hasEscrow ? '' : ' The escrow file is missing: hand it in with --job and --escrow.';
	return {
		result: { job: jobSummary(job), share: { holder, side, have, need } },
		text: `The worker has the share of ${holder}, of the side ${side}: ${have} of ${need} shares.${missing}`,
	};
}

/** What to do about each outcome, for one and for many. */
const ADVICE: Readonly<Record<string, readonly [one: string, many: string]>> = {
	COMMITMENT_DIFFERS: [
		'key of the escrow is not the stored key: it was not used',
		'keys of the escrow are not the stored keys: they were not used',
	],
	NOT_ESCROWED: [
		'key is not in this escrow, and lost unless another escrow has it',
		'keys are not in this escrow, and lost unless another escrow has them',
	],
	CHANGED_MEANWHILE: [
		'key was changed during the job, which left it as it is: run a new job',
		'keys were changed during the job, which left them as they are: run a new job',
	],
	ACTIVE_NOT_ESCROWED: [
		'class seals under a lost key: run `firmseal keys rotate` for the firm, or the platform',
		'classes seal under a lost key: run `firmseal keys rotate` for the firm, or the platform',
	],
};

async function endOf({ worker }: Installation, { id }: JobRow): Promise<CommandResult> {
	const {
		jobs: [job],
		problem,
	} = await followJobs(worker, [id]);
	if (!job) throw new FirmsealError('NOT_FOUND', 'No job has this id.');
	const counts = Object.entries(job.findings ?? {}).filter(([, count]) => count > 0);
	const warnings = counts.flatMap(([name, count]) => {
		const advice = ADVICE[name]?.[count === 1 ? 0 : 1];
		return advice === undefined ? [] : [`${count} ${advice}.`];
	});
	const head = job.kind === 'DRILL' ? 'The escrow would recover' : 'The escrow has recovered';
	return {
		result: { job: jobSummary(job), counts: job.findings ?? {} },
		text: [
			`${head} ${job.done} of ${job.total ?? 0} data keys.`,
			...counts.map(([name, count]) => `${name} ${count}`),
			...warnings,
		].join('\n'),
		problem,
	};
}
