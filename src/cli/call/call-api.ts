import { isVisibleLine } from '../../access/index.ts';
import { readOperationFiles } from '../../api/operations/operation-files.ts';
import type { Config } from '../../config/index.ts';
import { ERROR_CODES, type ErrorCode, explainNetworkErrorCode, FirmsealError, SetupError } from '../../errors.ts';
import { hasOnlyIds } from '../parse/index.ts';

/** Longer than anything that a server does for one request. */
const LONGEST = 60_000;

/** Asks the API one thing as a person. */
export type CallApi = (operation: string, variables: Readonly<Record<string, unknown>>) => Promise<ApiData>;
export type ApiData = Readonly<Record<string, unknown>>;

/** Whom a command acts for, and where. */
export interface ApiCredentials {
	/** Of the API, without a slash at its end. */
	readonly url: string;
	readonly token: NonNullable<Config['client']['token']>;
}

/** A signed JWT, as the API takes it. */
const TOKEN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/;

/** @throws FirmsealError UNAUTHENTICATED, with where to get one, for what the API takes as no token. */
export function assertToken(token: string, whence: string): void {
	if (!TOKEN.test(token)) throw new FirmsealError('UNAUTHENTICATED', `FIRMSEAL_TOKEN is no token: ${whence}.`);
}

/** @throws FirmsealError UNAUTHENTICATED without FIRMSEAL_TOKEN, or with none in it; SetupError for an address to which a token would go unprotected. */
export function credentialsOf({ client: { url, token } }: Pick<Config, 'client'>): ApiCredentials {
	if (!token)
		throw new FirmsealError(
			'UNAUTHENTICATED',
			'Set FIRMSEAL_TOKEN: the command acts for the person whose token it is.',
		);
	assertToken(token.expose(), 'set it to the one that you were given');
	if (!isProtected(new URL(url)))
		throw new SetupError('FIRMSEAL_URL must be https for another host: the token would travel unprotected.');
	return { url, token };
}

/**
 * The API at FIRMSEAL_URL, as the person whose token is in FIRMSEAL_TOKEN. An operation goes by the name of its file in
 * schema/operations/operator/: so it is answered too where only registered operations are.
 * @throws FirmsealError with the API's own code; UNAUTHENTICATED without a token; SetupError for a server that can't be reached, or is
 * none of ours.
 */
export function operationCaller(config: Pick<Config, 'client'>): CallApi {
	const ask = queryCaller(credentialsOf(config));
	const texts = operationTexts();
	return (operation, variables) => ask(texts.get(operation) ?? '', variables);
}

const operationTexts = () =>
	new Map(readOperationFiles().map(({ name, text }) => [name.replace('.graphql', ''), text]));

/** The same under a break-glass lease, for whoever takes an answer that lacks values. */
export function leaseCaller(config: Pick<Config, 'client'>, lease: string): CallApiPartially {
	const { url, token } = credentialsOf(config);
	const texts = operationTexts();
	return async (operation, variables) => {
		const request = { query: texts.get(operation) ?? '', variables };
		const { body } = await post(`${url}/graphql`, token.expose(), request, { headers: { 'x-firmseal-lease': lease } });
		if (body.data) return partOf(body, body.data);
		throw body.errors?.length ? firstError(body) : errorOf(body.code, body.detail);
	};
}

/** The same by the text of an operation: for what only a firm's people ask, whose servers answer any. */
export function queryCaller({ url, token }: ApiCredentials): CallApi {
	return async (query, variables) => {
		const { body } = await post(`${url}/graphql`, token.expose(), { query, variables });
		if (body.errors?.length) throw firstError(body);
		if (!body.data) throw errorOf(body.code, body.detail);
		return body.data;
	};
}

/** An answer that may lack values, with what the API says of those that it could not give. */
export interface PartialAnswer {
	readonly data: ApiData;
	readonly errors: readonly { readonly path: readonly (string | number)[]; readonly error: FirmsealError }[];
	/** What the person's right did not reach to: none, where it did to all. */
	readonly sealed: readonly UnopenedField[];
}

/** A field that was asked for and not opened, why, and on how many objects. */
export interface UnopenedField {
	readonly coordinate: string;
	readonly reason: string;
	readonly count: number;
}

export type CallApiPartially = (query: string, variables: Readonly<Record<string, unknown>>) => Promise<PartialAnswer>;

/** What the same question may be answered without, another time. */
export class TransientError extends Error {
	override readonly name = 'TransientError';
	readonly error: FirmsealError | SetupError;
	/** Milliseconds that the server asks to wait; null: it doesn't say. */
	readonly retryAfter: number | null;

	constructor(error: FirmsealError | SetupError, retryAfter: number | null) {
		super(error.message);
		this.error = error;
		this.retryAfter = retryAfter;
	}
}

/** The same as queryCaller, for whoever takes an answer that lacks values. @throws TransientError for what waiting may help against. */
export function partialQueryCaller({ url, token }: ApiCredentials, signal: AbortSignal): CallApiPartially {
	return async (query, variables) => {
		const { body, status, retryAfter } = await post(
			`${url}/graphql`,
			token.expose(),
			{ query, variables },
			{ signal },
		).catch((error: unknown) => {
			if (signal.aborted) throw new SetupError('Interrupted.');
			throw error instanceof ApiUnreachableError ? new TransientError(error, null) : error;
		});
		if (body.data) return partOf(body, body.data);
		const error = body.errors?.length ? firstError(body) : errorOf(body.code, body.detail);
		throw PASSING.has(status) ? new TransientError(error, retryAfter) : error;
	};
}

const partOf = ({ errors = [], extensions }: Body, data: ApiData): PartialAnswer => ({
	data,
	errors: errors.map((each) => ({
		path: each.path ?? [],
		error: errorOf(each.extensions?.code, each.message),
	})),
	sealed: extensions?.sealed ?? [],
});

/** Statuses of what may be otherwise in a moment. */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);

const firstError = ({ errors: [first] = [] }: Body) => errorOf(first?.extensions?.code, first?.message);

/** A GraphQL answer, or a problem document. */
interface Body {
	readonly data?: ApiData | null;
	readonly errors?: readonly {
		readonly message?: unknown;
		readonly path?: readonly (string | number)[];
		readonly extensions?: { readonly code?: unknown };
	}[];
	readonly extensions?: { readonly sealed?: readonly UnopenedField[] };
	readonly code?: unknown;
	readonly detail?: unknown;
}

interface Posted {
	readonly body: Body;
	readonly status: number;
	readonly retryAfter: number | null;
}

interface Posting {
	readonly headers?: Readonly<Record<string, string>>;
	readonly signal?: AbortSignal;
}

async function post(
	address: string,
	token: string,
	request: object,
	{ headers: more = {}, signal }: Posting = {},
): Promise<Posted> {
	let text: string;
	let answer: Response;
	try {
		answer = await fetch(address, {
			method: 'POST',
			headers: {
				'content-type': 'application/json',
				accept: 'application/json',
				'accept-encoding': 'identity',
				authorization: `Bearer ${token}`,
				...more,
			},
			body: JSON.stringify(request),
			// Wherever it would lead, the token isn't for it.
			redirect: 'error',
			signal: AbortSignal.any([AbortSignal.timeout(LONGEST), ...(signal ? [signal] : [])]),
		});
		text = await textOf(answer);
	} catch (error) {
		if (error instanceof SetupError) throw error;
		throw apiUnreachableError(address, connectionErrorReason(error));
	}
	const { status, headers } = answer;
	const body = bodyIn(text);
	if (body === null) throw unexpectedAnswer(address, status);
	if (!hasOnlyIds(body.data)) throw invalidApiAnswer();
	return { body, status, retryAfter: waitOf(headers.get('retry-after') ?? undefined) };
}

function bodyIn(text: string): Body | null {
	try {
		const body: unknown = JSON.parse(text);
		return isBody(body) ? body : null;
	} catch {
		return null;
	}
}

/** Whether it has the shape of an answer: what stands before the API may answer any JSON. */
function isBody(body: unknown): body is Body {
	if (!isObject(body)) return false;
	const { data = null, errors = [], extensions = {} } = body;
	return (
		(data === null || isObject(data)) &&
		isListOf(errors, isError) &&
		isObject(extensions) &&
		isListOf(extensions.sealed ?? [], isObject)
	);
}

const isError = (error: unknown): boolean =>
	isObject(error) &&
	isListOf(error.path ?? [], (step) => typeof step === 'string' || typeof step === 'number') &&
	isObject(error.extensions ?? {});

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

export const isListOf = (value: unknown, isOne: (each: unknown) => boolean): value is readonly unknown[] =>
	Array.isArray(value) && value.every(isOne);

/** MiB of an answer: eight times the longest that the API gives. */
const MAX_MIB = 128;

/** However few bytes it came as: a server may pack what it was asked to send as it is. @throws SetupError for more than any answer has */
async function textOf({ url, body }: Response): Promise<string> {
	const pieces: Uint8Array[] = [];
	let bytes = 0;
	for await (const piece of (body ?? []) as AsyncIterable<Uint8Array>) {
		bytes += piece.length;
		// What leaves the loop ends the connection.
		if (bytes > MAX_MIB * 1024 ** 2)
			throw new SetupError(
				`The API at ${new URL(url).origin} answers one question with more than ${MAX_MIB} MiB, which no Firmseal does: see that FIRMSEAL_URL is its address.`,
			);
		pieces.push(piece);
	}
	return Buffer.concat(pieces).toString();
}

/** Seconds: what a server asks to wait is waited for, but no longer than this. */
const LONGEST_WAIT = 60;

/** Milliseconds of a Retry-After; null: none that is waited for. */
export function waitOf(header: string | undefined): number | null {
	if (!/^\d{1,6}$/.test(header ?? '')) return null;
	const seconds = Number(header);
	return seconds <= LONGEST_WAIT ? seconds * 1000 : null;
}

/** Nobody answers, or only what stands before the API. */
export class ApiUnreachableError extends SetupError {}

/** `why`: a code, or a few words of ours. */
export function apiUnreachableError(address: string, why: string): ApiUnreachableError {
	const { origin, host } = new URL(address);
	return new ApiUnreachableError(
		explainNetworkErrorCode(why, host, 'FIRMSEAL_URL') ??
			`The API at ${origin} can't be reached (${why}): start the server, or set FIRMSEAL_URL to its address.`,
	);
}

/** Of an answer that is not the API's: what stands before it may say that it is away. */
export const unexpectedAnswer = (address: string, status: number): SetupError =>
	status === 502 || status === 503 || status === 504
		? apiUnreachableError(address, `status ${status}`)
		: invalidApiAnswer();

/** What an error of a connection says for itself; never its message, which may hold anything. */
export function connectionErrorReason(error: unknown): string {
	const { name, code, cause } = Object(error) as {
		readonly name?: unknown;
		readonly code?: unknown;
		readonly cause?: unknown;
	};
	const { code: of = code, message } = Object(cause) as { readonly code?: unknown; readonly message?: unknown };
	if (name === 'TimeoutError') return `no answer in ${LONGEST / 1000} s`;
	if (message === 'unexpected redirect') return 'it redirects';
	return typeof of === 'string' && /^[A-Z0-9_]{1,40}$/.test(of) ? of : 'no connection';
}

export const invalidApiAnswer = () =>
	new SetupError('What answers at FIRMSEAL_URL is no Firmseal: set it to the address of the API.');

const isProtected = ({ protocol, hostname }: URL): boolean =>
	protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);

/** Only codes that we know, and a sentence that can be shown on a terminal. */
export function errorOf(code: unknown, message: unknown): FirmsealError {
	const isShown = typeof message === 'string' && isVisibleLine(message, 500);
	const known = ERROR_CODES.includes(code as ErrorCode) ? (code as ErrorCode) : 'INTERNAL';
	return new FirmsealError(known, isShown ? message : 'The API answered an error that it does not explain.');
}
