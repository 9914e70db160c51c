import { FirmsealError, type SetupError } from '../../errors.ts';
import {
	type ApiAnswer,
	type ApiCredentials,
	errorOf,
	invalidApiAnswer,
	isObject,
	jsonIn,
	textOf,
	unexpectedAnswer,
} from '../call/index.ts';

/** The most bytes of a problem document to read. */
const LONGEST = 65_536;

/** The error that an answer explains. A proxy in front of the API may answer in its own words, which aren't shown. */
export async function refusalOf(answer: ApiAnswer, { url }: ApiCredentials): Promise<FirmsealError | SetupError> {
	const problem = /^application\/problem\+json\b/i.test(String(answer.headers['content-type']))
		? await objectIn(answer).catch(() => null)
		: null;
	// The server may still wait for the rest of the request's body.
	answer.cancel();
	if (typeof problem?.code === 'string') return errorOf(problem.code, problem.detail);
	if (answer.status === 413)
		return new FirmsealError(
			'PAYLOAD_TOO_LARGE',
			'A proxy in front of the API refuses a file of this size: ask the operator of the API to allow it.',
		);
	return unexpectedAnswer(url, answer.status);
}

/** The object that an answer holds as JSON; null for anything else. @throws what reading the answer throws */
export async function objectIn(answer: ApiAnswer): Promise<Readonly<Record<string, unknown>> | null> {
	const value = jsonIn(await textOf(answer, LONGEST, invalidApiAnswer));
	return isObject(value) ? value : null;
}
