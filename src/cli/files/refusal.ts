import type { IncomingMessage } from 'node:http';
import { FirmsealError, type SetupError } from '../../errors.ts';
import { type ApiCredentials, errorOf, unexpectedAnswer, waitOf } from '../call/index.ts';

/** Characters of a problem document that are read. */
const LONGEST = 65_536;

/** An answer that isn't what was asked for. */
export interface Refusal {
	readonly error: FirmsealError | SetupError;
	/** Milliseconds after which to ask again; null: another time it will be the same. */
	readonly retryAfter: number | null;
}

/** Reads why. What stands between here and the API may answer too, in its own words, which aren't shown. */
export async function refusalOf(answer: IncomingMessage, { url }: Pick<ApiCredentials, 'url'>): Promise<Refusal> {
	const { statusCode: status = 0, headers } = answer;
	const problem = problemIn(headers['content-type'], await textOf(answer));
	return {
		error: problem ? errorOf(problem.code, problem.detail) : strange(url, status),
		retryAfter: status === 503 || status === 429 ? waitOf(headers['retry-after']) : null,
	};
}

function strange(url: string, status: number): FirmsealError | SetupError {
	if (status === 413)
		return new FirmsealError(
			'PAYLOAD_TOO_LARGE',
			'What stands before the API takes no file of this size: ask whoever runs it to let it through.',
		);
	return unexpectedAnswer(url, status);
}

/** What has come of it. */
async function textOf(answer: IncomingMessage): Promise<string> {
	let text = '';
	try {
		for await (const piece of answer.setEncoding('utf8')) {
			text += piece;
			if (text.length > LONGEST) break;
		}
	} catch {}
	return text;
}

/** Data of an answer; null unless that is what it holds. */
export async function jsonOf(answer: IncomingMessage): Promise<Readonly<Record<string, unknown>> | null> {
	return objectIn(await textOf(answer));
}

function problemIn(type: string | undefined, text: string): Readonly<Record<string, unknown>> | null {
	const problem = /^application\/problem\+json\b/i.test(type ?? '') ? objectIn(text) : null;
	return typeof problem?.code === 'string' ? problem : null;
}

function objectIn(text: string): Readonly<Record<string, unknown>> | null {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
	} catch {
		return null;
	}
}
