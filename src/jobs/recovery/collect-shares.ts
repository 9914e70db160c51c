import { hash } from 'node:crypto';
import type { Act } from '../../audit/index.ts';
import type { Clock } from '../../clock/index.ts';
import {
	answerRecoveryFile,
	type FileAnswer,
	type JobRow,
	type RecoveryFileRow,
	selectAcceptedEscrow,
	selectRecoverySessionAge,
	selectUnansweredFiles,
	type Transaction,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { KeyUnavailableError } from '../../keys/index.ts';
import { JobFailure, type PageResult } from '../engine/index.ts';
import type { OpenedEscrow, RecoverySession } from '../escrow/index.ts';

interface CollectParts {
	readonly clock: Clock;
	readonly read: <T>(job: JobRow, work: (tx: Transaction) => Promise<T>) => Promise<T>;
	readonly write: <T>(job: JobRow, work: (tx: Transaction) => Promise<T>) => Promise<T>;
	readonly record: (job: JobRow, act: Act) => Promise<unknown>;
	readonly signal: AbortSignal;
}

/** Milliseconds between two looks, and those until a key service that was away is asked again. */
const LOOK_EVERY = 250;
const PAUSE = 5_000;

interface ShareCollection {
	readonly session: string;
	readonly minutes: number;
	/** Takes what was handed in; the escrow, once enough is there to open it. */
	readonly look: () => Promise<OpenedEscrow | null>;
	readonly use: (opened: OpenedEscrow) => Promise<PageResult>;
}

/**
 * Looks for shares until they open the escrow and its keys are used. null: the worker stops, or another has begun a session.
 * @throws JobFailure EXPIRED after the session's time, by the database's clock or this process's
 */
export async function waitForShares(
	{ clock, read, signal }: CollectParts,
	job: JobRow,
	{ session, minutes, look, use }: ShareCollection,
): Promise<PageResult | null> {
	const end = clock.now() + minutes * 60_000;
	for (let pause = LOOK_EVERY; ; await clock.sleep(pause, signal)) {
		if (signal.aborted) return null;
		const age = await read(job, (tx) => selectRecoverySessionAge(tx, job.id, session));
		if (age === null) return null;
		if (clock.now() > end || age > minutes * 60) throw new JobFailure('EXPIRED');
		pause = LOOK_EVERY;
		const opened = await look();
		if (opened === null) continue;
		try {
			return await use(opened);
		} catch (error) {
			// Holders are not asked again because a key service was away for a moment.
			if (!(error instanceof KeyUnavailableError) || error.reason === 'REFUSED') throw error;
			pause = PAUSE;
		}
	}
}

interface OpenSession {
	readonly session: string;
	readonly held: RecoverySession;
	/** SHA-256 of the escrow file, in hex. */
	readonly digest: string;
}

/** @throws JobFailure NOT_OPENED when enough shares are there and do not open the escrow */
export async function acceptNewFiles(parts: CollectParts, job: JobRow, of: OpenSession): Promise<OpenedEscrow | null> {
	const files = await parts.read(job, (tx) => selectUnansweredFiles(tx, job.id, of.session));
	for (const row of files) {
		const answer = await answerOf(parts, job, row, of);
		await parts.write(job, (tx) => answerRecoveryFile(tx, row, answer));
	}
	if (!of.held.isEnough()) return null;
	const escrow = await parts.read(job, (tx) => selectAcceptedEscrow(tx, job.id));
	if (escrow === null) return null;
	// What was stored since it was looked at is another file.
	if (hash('sha256', escrow, 'hex') !== of.digest) throw new JobFailure('OTHER_ESCROW');
	try {
		return await of.held.open(escrow);
	} catch (error) {
		if (error instanceof FirmsealError && error.code !== 'INTERNAL') throw new JobFailure('NOT_OPENED');
		throw error;
	}
}

async function answerOf(
	{ record }: CollectParts,
	job: JobRow,
	{ session, file }: RecoveryFileRow,
	{ held, digest }: OpenSession,
): Promise<FileAnswer> {
	if (file === null) return refused('Nothing was handed in: give the file again.');
	if (session === null) {
		if (hash('sha256', file, 'hex') === digest) return { answer: 'TAKEN' };
		return refused('This is not the escrow file that the recovery was asked for with.');
	}
	try {
		const { escrowId, holder, side, have, need } = await held.acceptShare(file);
		await record(job, {
			action: 'escrow.share',
			firm: job.firmId,
			coordinates: [`Share.${side}`],
			records: [job.id, escrowId],
		});
		return { answer: 'TAKEN', holder, side, have, need };
	} catch (error) {
		// Its sentences are ours, and hold nothing of a share.
		const isOurs = error instanceof FirmsealError && ['BAD_USER_INPUT', 'CIPHERTEXT_INVALID'].includes(error.code);
		if (isOurs) return refused(error.message);
		throw error;
	}
}

const refused = (refusal: string): FileAnswer => ({ answer: 'REFUSED', refusal });
