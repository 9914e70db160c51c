import { CombinedGraphQLErrors, ServerError, ServerParseError } from '@apollo/client/errors';
import { FirmsealError } from '../../../src/errors.ts';

/** What a page knows of a failure, for a person and for its next step. */
export interface Failure {
	/**
	 * The code of the API, or of the device if that refused; NETWORK if the API did not answer, or not in full: the request may still have
	 * succeeded.
	 */
	readonly code: string;
	/** One sentence. */
	readonly message: string;
	/** Seconds until the same request may succeed; null if waiting does not help. */
	readonly retryAfter: number | null;
	/** Seconds: the oldest sign-in that the API accepts for this; null if that is not the reason. */
	readonly maxAge: number | null;
}

const NO_ANSWER = 'The server does not answer. Check your connection; what you typed stays here.';
const UNREADABLE = 'The answer was cut off or changed on its way. What you typed stays here: try again.';
const TOO_LARGE = 'This is more than the server takes at once. Make it smaller, and try again.';

/** Sentences for codes whose reason a person can act on; the API's own sentence otherwise. */
const SENTENCES: Readonly<Record<string, string>> = {
	KEY_UNAVAILABLE: 'The key service does not answer, so content stays closed for now. Nothing is lost.',
	AUDIT_UNAVAILABLE: 'The log cannot be written, so nothing is opened. Nothing is lost.',
	LEASE_REQUIRED: 'This file opens only under a lease: use a lease on it, or ask for one.',
	LEASE_NOT_ACTIVE: 'The lease is no longer active, so nothing was opened. What waits for you shows how it ended.',
	LEASE_SCOPE: 'This would read more than the lease allows, so nothing was opened. Ask for a lease that covers it.',
};

/** Why the API refuses a token of a person who has signed out everywhere. */
export const IS_SIGNED_OUT = /\bYou have ended all sessions of this account\b/;

/** How the API's sentence ends if only the answer failed. To say that nothing happened would make the person do it twice. */
export const IS_DONE = / changes stay: /;

/** The API's sentence for an id that another input came with: an attempt whose answer was lost had arrived. */
export const IS_TAKEN = /^This id is taken: /;

/** The API's sentence for a revision that is no longer the present one. Other conflicts say what a person can do. */
const IS_STALE = / has changed to revision \d+: /;
const STALE = 'Someone changed this meanwhile. Look at the present state, and do it again if it is still right.';

export function failureOf(error: unknown): Failure {
	if (CombinedGraphQLErrors.is(error)) {
		const [first] = error.errors;
		return failure(first?.message ?? NO_ANSWER, first?.extensions);
	}
	if (ServerError.is(error))
		return { ...problemOf(error.bodyText, error.statusCode), retryAfter: secondsOf(error.response) };
	if (ServerParseError.is(error)) return noAnswer(UNREADABLE);
	if (error instanceof TypeError) return noAnswer(NO_ANSWER);
	const message = error instanceof Error ? error.message : 'Something went wrong: reload the page.';
	// Without its code, a refusal of the device could not be told from a fault of the page.
	const code = error instanceof FirmsealError ? error.code : 'PAGE';
	return { code, message, retryAfter: null, maxAge: null };
}

/** Whether the API has something else than the request expected. A device refuses with the same code before anything was sent. */
export const isConflict = (error: unknown): boolean =>
	!(error instanceof FirmsealError) && failureOf(error).code === 'CONFLICT';

function failure(message: string, extensions: Readonly<Record<string, unknown>> | undefined): Failure {
	const code = typeof extensions?.code === 'string' ? extensions.code : 'INTERNAL';
	const { maxAge, retryAfter } = extensions ?? {};
	return {
		code,
		message: sentenceOf(code, message),
		retryAfter: typeof retryAfter === 'number' ? retryAfter : null,
		maxAge: typeof maxAge === 'number' ? maxAge : null,
	};
}

function sentenceOf(code: string, message: string): string {
	if (IS_STALE.test(message)) return STALE;
	return IS_DONE.test(message) ? message : (SENTENCES[code] ?? message);
}

const noAnswer = (message: string): Failure => ({ code: 'NETWORK', message, retryAfter: null, maxAge: null });

/** A problem document (RFC 9457), an answer of GraphQL with a status of an error, or whatever something between here and the API says. */
function problemOf(body: string, status: number): Failure {
	try {
		const { code, detail, title, errors } = JSON.parse(body);
		if (Array.isArray(errors)) return failure(errors[0]?.message ?? NO_ANSWER, errors[0]?.extensions);
		return failure(detail ?? title ?? NO_ANSWER, { code });
	} catch {
		if (status === 413) return { ...noAnswer(TOO_LARGE), code: 'PAYLOAD_TOO_LARGE' };
		return noAnswer(
			status >= 500
				? `The server cannot be reached now (${status}). What you typed stays here: try again in a moment.`
				: `Something between you and the server refused this (${status}). What you typed stays here.`,
		);
	}
}

/** RFC 9110, section 10.2.3: seconds, or a date, which our API does not send. */
export function secondsOf(response: Response): number | null {
	const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
	return Number.isFinite(seconds) ? seconds : null;
}
