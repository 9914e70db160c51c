import type { IncomingMessage } from 'node:http';
import { type FirmsealError, SetupError } from '../../errors.ts';
import type { ApiCredentials } from '../call/index.ts';
import { currentIo } from '../io.ts';
import type { ByteProgress } from './byte-progress.ts';
import { type FileHead, headOf } from './file-head.ts';
import { refusalOf } from './refusal.ts';
import { DisconnectedError, SILENCE, sendRequest } from './send-request.ts';
import type { Target } from './target.ts';

/** Tries in a row that bring less than ENOUGH bytes. */
const MAX_TRIES = 5;
const ENOUGH = 1024 ** 2;
/** Milliseconds between two tries: at first, and at most. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 8_000;

export interface DownloadRequest {
	readonly path: string;
	/** A break-glass lease; null: none. */
	readonly lease: string | null;
	readonly signal: AbortSignal;
	readonly progress: ByteProgress;
	/** Tries in a row that bring nothing; a few unless given. */
	readonly tries?: number;
}

export interface Downloaded {
	readonly head: FileHead;
	/** null: it went to standard output. */
	readonly file: string | null;
	/** Bytes that this run found. */
	readonly resumedFrom: number;
}

/**
 * Fetches a file to a target: what the target has already isn't fetched again, unless the file is another by now. A connection that is
 * cut is made again as long as it brings something, and otherwise a few times.
 * @throws FirmsealError with the API's own code, or the target's; SetupError for a server that can't be reached, or not any more.
 */
export async function download(person: ApiCredentials, wanted: DownloadRequest, target: Target): Promise<Downloaded> {
	const course: Course = { isAnswered: false, received: 0, resumedFrom: null };
	for (let vain = 0; ; ) {
		const before = course.received;
		const trouble = await attempt(person, wanted, target, course);
		if ('head' in trouble) return trouble;
		vain = course.received - before >= ENOUGH ? 1 : vain + 1;
		if (vain > (wanted.tries ?? MAX_TRIES)) throw trouble.error;
		const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (vain - 1)) * (0.5 + Math.random() / 2);
		await currentIo().clock.sleep(trouble.retryAfter ?? pause, wanted.signal);
	}
}

/** The head of the file alone; null when it is refused, which the answer with the bytes says better. */
export async function askHead(person: ApiCredentials, wanted: DownloadRequest): Promise<FileHead | null> {
	const { path, signal } = wanted;
	const answer = await sendRequest(person, { method: 'HEAD', path, headers: leaseOf(wanted), signal });
	answer.resume();
	return answer.statusCode === 200 ? headOf(answer) : null;
}

/** How it goes so far. */
interface Course {
	isAnswered: boolean;
	/** Bytes of the file that came, whether they were of use or not. */
	received: number;
	resumedFrom: number | null;
}

/** What another try may help against. */
interface RetryableFailure {
	readonly error: FirmsealError | SetupError;
	/** Milliseconds that the server asks for; null: it doesn't say. */
	readonly retryAfter: number | null;
}

async function attempt(
	person: ApiCredentials,
	wanted: DownloadRequest,
	target: Target,
	course: Course,
): Promise<Downloaded | RetryableFailure> {
	const { path, signal } = wanted;
	try {
		const found = await target.found();
		const rest = found && { range: `bytes=${found.size}-`, 'if-range': `"${found.tag}"` };
		const answer = await sendRequest(person, { method: 'GET', path, headers: { ...leaseOf(wanted), ...rest }, signal });
		const { statusCode = 0 } = answer;
		if (![200, 206, 416].includes(statusCode)) return await refused(answer, person, course);
		const head = headOf(answer);
		course.isAnswered = true;
		if (statusCode !== 200 && !(head.tag === found?.tag && head.start === found.size)) {
			answer.destroy();
			await target.discard();
			return { error: cut(signal), retryAfter: 0 };
		}
		course.resumedFrom ??= head.start;
		return await receive(answer, { head, wanted, target, course });
	} catch (error) {
		if (error instanceof DisconnectedError && !error.isGivenUp) return { error: cut(signal), retryAfter: null };
		if (error instanceof DisconnectedError) throw cut(signal);
		// A server that was here a moment ago may be again.
		if (error instanceof SetupError && course.isAnswered) return { error, retryAfter: null };
		throw error;
	}
}

async function refused(
	answer: IncomingMessage,
	person: ApiCredentials,
	{ isAnswered }: Course,
): Promise<RetryableFailure> {
	const { error, retryAfter } = await refusalOf(answer, person);
	const isPassing = retryAfter !== null || (isAnswered && [502, 503, 504].includes(answer.statusCode ?? 0));
	if (!isPassing) throw error;
	return { error, retryAfter };
}

interface Receiving {
	readonly head: FileHead;
	readonly wanted: DownloadRequest;
	readonly target: Target;
	readonly course: Course;
}

async function receive(
	answer: IncomingMessage,
	{ head, wanted, target, course }: Receiving,
): Promise<Downloaded | RetryableFailure> {
	let done = head.start;
	try {
		await target.begin(head);
		if (answer.statusCode !== 416)
			for await (const piece of patiently(answer)) {
				await target.write(piece);
				done += piece.length;
				course.received += piece.length;
				wanted.progress.reach(done, head.total);
			}
	} finally {
		answer.destroy();
	}
	if (done !== head.total) throw new DisconnectedError();
	if (!(await target.isWhole(head))) {
		await target.discard();
		course.resumedFrom = null;
		return { error: cut(wanted.signal), retryAfter: 0 };
	}
	return { head, file: await target.finish(), resumedFrom: course.resumedFrom ?? 0 };
}

/** What comes; a silence that is too long ends it, however long the target takes. @throws DisconnectedError */
async function* patiently(answer: IncomingMessage): AsyncGenerator<Uint8Array> {
	const pieces = answer[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
	for (;;) {
		const timer = setTimeout(() => answer.destroy(), SILENCE.GET);
		const next = await pieces.next().catch(() => null);
		clearTimeout(timer);
		if (next === null) throw new DisconnectedError();
		if (next.done) return;
		yield next.value;
	}
}

const leaseOf = ({ lease }: Pick<DownloadRequest, 'lease'>) => (lease === null ? {} : { 'x-firmseal-lease': lease });

/** The connection was cut each time. */
export class RepeatedDisconnectError extends SetupError {}

const cut = ({ aborted }: AbortSignal) =>
	aborted
		? new SetupError('Interrupted.')
		: new RepeatedDisconnectError('The connection was cut again and again: try again later.');
