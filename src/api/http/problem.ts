import { STATUS_CODES } from 'node:http';
import type { ErrorCode } from '../../errors.ts';
import { HTTP_LIMITS } from './http-limits.ts';

export const PROBLEM_TYPE = 'application/problem+json';

/** Answers outside GraphQL (RFC 9457). `title` is the status's own phrase, as type about:blank requires. */
export interface Problem {
	readonly type: 'about:blank';
	readonly title: string;
	readonly status: number;
	readonly detail: string;
	readonly code: ErrorCode;
	readonly requestId: string;
}

export interface ProblemTemplate {
	readonly status: number;
	readonly code: ErrorCode;
	readonly detail: string;
}

export const NOT_FOUND: ProblemTemplate = {
	status: 404,
	code: 'NOT_FOUND',
	detail: 'There is nothing at this path; the API is at /graphql.',
};

export const methodNotAllowed = (allowed: readonly string[]): ProblemTemplate => ({
	status: 405,
	code: 'BAD_USER_INPUT',
	detail: `This path takes only the methods ${allowed.join(', ')}.`,
});

export const NOT_ACCEPTABLE: ProblemTemplate = {
	status: 406,
	code: 'BAD_USER_INPUT',
	detail: 'The answer is JSON: accept application/graphql-response+json or application/json.',
};

export const INTERNAL_ERROR: ProblemTemplate = {
	status: 500,
	code: 'INTERNAL',
	detail: 'Something went wrong; quote the request id when you report it.',
};

const BAD_REQUEST: ProblemTemplate = {
	status: 400,
	code: 'BAD_USER_INPUT',
	detail: 'The request could not be read: send a valid HTTP request with a JSON body.',
};

const kib = (bytes: number) => `${bytes / 1024} KiB`;

/** What the HTTP layer refuses before any of our code runs, by status. Its own messages may repeat the request. */
const REFUSALS: readonly ProblemTemplate[] = [
	BAD_REQUEST,
	NOT_FOUND,
	{
		status: 408,
		code: 'BAD_USER_INPUT',
		detail: 'The request took too long to arrive: send it again, without pauses.',
	},
	{
		status: 413,
		code: 'PAYLOAD_TOO_LARGE',
		detail: `The request body is larger than ${kib(HTTP_LIMITS.body)}: send less at once.`,
	},
	{
		status: 414,
		code: 'BAD_USER_INPUT',
		detail: 'The path is too long: send the query in the body of a POST.',
	},
	{
		status: 415,
		code: 'BAD_USER_INPUT',
		detail: 'The body must be JSON in UTF-8: send Content-Type: application/json.',
	},
	{
		status: 431,
		code: 'PAYLOAD_TOO_LARGE',
		detail: `The request headers are larger than ${kib(HTTP_LIMITS.headers)}: send the query in the body of a POST.`,
	},
];

/** The refusal with this status. Any other 4xx is a bad request; null for a status that is not the client's fault. */
export function problemTemplateOf(status: number | undefined): ProblemTemplate | null {
	if (status === undefined || status < 400 || status > 499) return null;
	return REFUSALS.find((refusal) => refusal.status === status) ?? BAD_REQUEST;
}

export function createProblem({ status, code, detail }: ProblemTemplate, requestId: string): Problem {
	return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, code, requestId };
}
