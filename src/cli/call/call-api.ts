import { isVisibleLine } from '../../access/index.ts';
import { readOperationFiles } from '../../api/operations/operation-files.ts';
import type { Config } from '../../config/index.ts';
import { ERROR_CODES, type ErrorCode, FirmsealError, SetupError } from '../../errors.ts';
import { hasOnlyIds } from '../parse/index.ts';
import {
	type ApiAnswer,
	type ApiCredentials,
	type ApiRequest,
	invalidApiAnswer,
	type RetryPolicy,
	sendRequest,
	unexpectedAnswer,
} from './send-request.ts';

/** Sends one operation to the API as a person. */
export type CallApi = (operation: string, variables: Readonly<Record<string, unknown>>) => Promise<ApiData>;
export type ApiData = Readonly<Record<string, unknown>>;

/** A signed JWT. */
const TOKEN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/;

/** @throws FirmsealError UNAUTHENTICATED for anything but a JWT. Its message ends with `advice`, which says where to get a token. */
export function assertToken(token: string, advice: string): void {
	if (!TOKEN.test(token)) throw new FirmsealError('UNAUTHENTICATED', `FIRMSEAL_TOKEN is not a token: ${advice}.`);
}

/** @throws FirmsealError UNAUTHENTICATED if FIRMSEAL_TOKEN is unset or not a token; SetupError if the token would be sent unencrypted. */
export function credentialsOf({ client: { url, token } }: Pick<Config, 'client'>): ApiCredentials {
	if (!token)
		throw new FirmsealError(
			'UNAUTHENTICATED',
			'Set FIRMSEAL_TOKEN: the command acts for the person whose token it is.',
		);
	assertToken(token.expose(), 'set it to the token that you were given');
	if (!isProtected(new URL(url)))
		throw new SetupError(
			'FIRMSEAL_URL must be https for another host: without TLS, the token would be sent unencrypted.',
		);
	return { url, token };
}

const isProtected = ({ protocol, hostname }: URL): boolean =>
	protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);

/**
 * Calls the API at FIRMSEAL_URL as the person of FIRMSEAL_TOKEN. An operation has the name of its file in schema/operations/operator/,
 * because some servers accept only registered operations.
 * @throws FirmsealError with the API's own code; UNAUTHENTICATED without a token; SetupError for a server that can't be reached or is not a
 * Firmseal API.
 */
export function operationCaller(config: Pick<Config, 'client'>): CallApi {
	const ask = queryCaller(credentialsOf(config));
	const texts = operationTexts();
	return (operation, variables) => ask(texts.get(operation) ?? '', variables);
}

const operationTexts = () =>
	new Map(readOperationFiles().map(({ name, text }) => [name.replace('.graphql', ''), text]));

/** Like operationCaller(), under a break-glass lease and for answers that may lack values. */
export function leaseCaller(config: Pick<Config, 'client'>, lease: string): CallApiPartially {
	const ask = partialQueryCaller(credentialsOf(config), { headers: { 'x-firmseal-lease': lease } });
	const texts = operationTexts();
	return (operation, variables) => ask(texts.get(operation) ?? '', variables);
}

/** Like operationCaller(), with the text of any operation: the servers of a firm's people accept all operations. */
export function queryCaller(person: ApiCredentials, retry?: RetryPolicy): CallApi {
	return async (query, variables) => {
		const body = await post(person, { query, variables }, { retry, signal: retry?.signal });
		if (!body.data || body.errors?.length) throw errorIn(body);
		return body.data;
	};
}

/** An answer that may lack values, with the API's reasons. */
export interface PartialAnswer {
	readonly data: ApiData;
	readonly errors: readonly { readonly path: readonly (string | number)[]; readonly error: FirmsealError }[];
	/** Requested fields that the person may not open. */
	readonly sealed: readonly UnopenedField[];
}

/** A requested field that was not opened, why, and on how many objects. */
export interface UnopenedField {
	readonly coordinate: string;
	readonly reason: string;
	readonly count: number;
}

export type CallApiPartially = (query: string, variables: Readonly<Record<string, unknown>>) => Promise<PartialAnswer>;

/** Like queryCaller(), for answers that may lack values. */
export function partialQueryCaller(person: ApiCredentials, options: Posting): CallApiPartially {
	return async (query, variables) => {
		const body = await post(person, { query, variables }, options);
		if (!body.data) throw errorIn(body);
		const errors = body.errors ?? [];
		return {
			data: body.data,
			errors: errors.map((each) => ({
				path: each.path ?? [],
				error: errorOf(each.extensions?.code, each.message),
			})),
			sealed: body.extensions?.sealed ?? [],
		};
	};
}

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

const errorIn = ({ errors: [first] = [], code, detail }: Body): FirmsealError =>
	first ? errorOf(first.extensions?.code, first.message) : errorOf(code, detail);

type Posting = Pick<ApiRequest, 'headers' | 'retry' | 'signal'>;

async function post(person: ApiCredentials, request: object, { headers, ...how }: Posting): Promise<Body> {
	const answer = await sendRequest(person, {
		...how,
		method: 'POST',
		path: '/graphql',
		headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
		body: JSON.stringify(request),
	});
	const body = jsonIn(await textOf(answer, MAX_MIB * 1024 ** 2, () => tooLongError(person)));
	if (!isBody(body)) throw unexpectedAnswer(person.url, answer.status);
	if (!hasOnlyIds(body.data)) throw invalidApiAnswer();
	return body;
}

/** Milliseconds that an answer may take from its head to its end. */
const LONGEST_ANSWER = 60_000;
/** MiB of an answer: eight times the API's own limit. */
const MAX_MIB = 128;
const tooLongError = ({ url }: ApiCredentials) =>
	new SetupError(
		`The server at ${new URL(url).origin} answered one request with more than ${MAX_MIB} MiB, which no Firmseal API does: set FIRMSEAL_URL to the address of the API.`,
	);

/** @throws the error of `tooLong` for an answer of more bytes than `most`; what reading the answer throws */
export async function textOf({ pieces, cancel }: ApiAnswer, most: number, tooLong: () => Error): Promise<string> {
	// A server could send a byte now and then, and keep the command waiting.
	AbortSignal.timeout(LONGEST_ANSWER).addEventListener('abort', cancel);
	const read: Uint8Array[] = [];
	let bytes = 0;
	for await (const piece of pieces) {
		bytes += piece.length;
		// Leaving the loop ends the connection.
		if (bytes > most) throw tooLong();
		read.push(piece);
	}
	return Buffer.concat(read).toString();
}

/** null if the text is not JSON. */
export function jsonIn(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

/** Whether the body has the shape of an answer: a proxy in front of the API may send any JSON. */
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

/** The error that the API sent. An unknown code becomes INTERNAL, and a message that a terminal can't show is replaced. */
export function errorOf(code: unknown, message: unknown): FirmsealError {
	const isShown = typeof message === 'string' && isVisibleLine(message, 500);
	const known = ERROR_CODES.includes(code as ErrorCode) ? (code as ErrorCode) : 'INTERNAL';
	return new FirmsealError(known, isShown ? message : 'The API answered with an error that it does not explain.');
}
