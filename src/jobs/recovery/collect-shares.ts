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
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { KeyUnavailableError } from '../../keys/index.ts';
import { isKeyRefused, JobFailure, type JobTransactions, type PageResult } from '../engine/index.ts';
import type { OpenedEscrow, RecoverySession } from '../escrow/index.ts';

interface CollectParts extends JobTransactions {
	readonly clock: Clock;
	readonly record: (job: JobRow, act: Act) => Promise<unknown>;
	readonly signal: AbortSignal;
}

/** Milliseconds between two checks for new files, and until a retry if the key service is unavailable. */
const LOOK_EVERY = 250;
const PAUSE = 5_000;

interface ShareCollection {
	readonly session: string;
	readonly minutes: number;
	/** Accepts new files. Returns the escrow once there are enough shares to open it; null until then. */
	readonly look: () => Promise<OpenedEscrow | null>;
	readonly use: (opened: OpenedEscrow) => Promise<PageResult>;
}

/**
 * Checks for shares until they open the escrow and its keys are used. null if the worker stops or another worker has begun a session.
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
			// An unavailable key service must not make the holders hand in their shares again.
			if (!(error instanceof KeyUnavailableError) || isKeyRefused(error)) throw error;
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

/** @throws JobFailure NOT_OPENED if there are enough shares and they don't open the escrow */
export async function acceptNewFiles(parts: CollectParts, job: JobRow, of: OpenSession): Promise<OpenedEscrow | null> {
	const files = await parts.read(job, (tx) => selectUnansweredFiles(tx, job.id, of.session));
	for (const row of files) {
		const answer = await answerOf(parts, job, row, of);
		await parts.write(job, (tx) => answerRecoveryFile(tx, row, answer));
	}
	if (!of.held.isEnough()) return null;
	const escrow = await parts.read(job, (tx) => selectAcceptedEscrow(tx, job.id));
	if (escrow === null) return null;
	// The file was replaced after it was checked.
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
	if (file === null) return refused('No file was handed in: give the file again.');
	if (session === null) {
		if (hash('sha256', file, 'hex') === digest) return { answer: 'TAKEN' };
		return refused('This is not the escrow file that the recovery was requested for.');
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
		// These messages are written by Firmseal and contain nothing of a share.
		const isOurs = error instanceof FirmsealError && ['BAD_USER_INPUT', 'CIPHERTEXT_INVALID'].includes(error.code);
		if (isOurs) return refused(error.message);
		throw error;
	}
}

const refused = (refusal: string): FileAnswer => ({ answer: 'REFUSED', refusal });
