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

/** Asks the API one thing as a person. */
export type CallApi = (operation: string, variables: Readonly<Record<string, unknown>>) => Promise<ApiData>;
export type ApiData = Readonly<Record<string, unknown>>;

/** A signed JWT, as the API takes it. */
const TOKEN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/;

/** @throws FirmsealError UNAUTHENTICATED for anything but a JWT; its message ends with `advice`, which says where to get a token. */
export function assertToken(token: string, advice: string): void {
	if (!TOKEN.test(token)) throw new FirmsealError('UNAUTHENTICATED', `FIRMSEAL_TOKEN is no token: ${advice}.`);
}

/** @throws FirmsealError UNAUTHENTICATED if FIRMSEAL_TOKEN is unset or no token; SetupError for an address to which the token would go unprotected. */
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

const isProtected = ({ protocol, hostname }: URL): boolean =>
	protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);

/**
 * The API at FIRMSEAL_URL, as the person whose token is in FIRMSEAL_TOKEN. An operation is named by its file in schema/operations/operator/,
 * because some servers answer only registered operations.
 * @throws FirmsealError with the API's own code; UNAUTHENTICATED without a token; SetupError for a server that can't be reached or is no
 * Firmseal API.
 */
export function operationCaller(config: Pick<Config, 'client'>): CallApi {
	const ask = queryCaller(credentialsOf(config));
	const texts = operationTexts();
	return (operation, variables) => ask(texts.get(operation) ?? '', variables);
}

const operationTexts = () =>
	new Map(readOperationFiles().map(({ name, text }) => [name.replace('.graphql', ''), text]));

/** As operationCaller(), under a break-glass lease and for answers that may lack values. */
export function leaseCaller(config: Pick<Config, 'client'>, lease: string): CallApiPartially {
	const ask = partialQueryCaller(credentialsOf(config), { headers: { 'x-firmseal-lease': lease } });
	const texts = operationTexts();
	return (operation, variables) => ask(texts.get(operation) ?? '', variables);
}

/** As operationCaller(), by the text of any operation: the servers of a firm's people answer all. */
export function queryCaller(person: ApiCredentials, retry?: RetryPolicy): CallApi {
	return async (query, variables) => {
		const body = await post(person, { query, variables }, { retry, signal: retry?.signal });
		if (!body.data || body.errors?.length) throw errorIn(body);
		return body.data;
	};
}

/** An answer that may lack values, with the reasons of the API. */
export interface PartialAnswer {
	readonly data: ApiData;
	readonly errors: readonly { readonly path: readonly (string | number)[]; readonly error: FirmsealError }[];
	/** Fields that the person's right does not reach. */
	readonly sealed: readonly UnopenedField[];
}

/** A field that was asked for and not opened, why, and on how many objects. */
export interface UnopenedField {
	readonly coordinate: string;
	readonly reason: string;
	readonly count: number;
}

export type CallApiPartially = (query: string, variables: Readonly<Record<string, unknown>>) => Promise<PartialAnswer>;

/** As queryCaller(), for answers that may lack values. */
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

/** MiB of an answer: eight times the longest that the API gives. */
const MAX_MIB = 128;
const tooLongError = ({ url }: ApiCredentials) =>
	new SetupError(
		`The API at ${new URL(url).origin} answers one question with more than ${MAX_MIB} MiB, which no Firmseal does: see that FIRMSEAL_URL is its address.`,
	);

/** @throws what `tooLong` makes, for an answer of more bytes than `most`; as reading it does */
export async function textOf({ pieces }: ApiAnswer, most: number, tooLong: () => Error): Promise<string> {
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

/** null for a text that is no JSON. */
export function jsonIn(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

/** Whether it has the shape of an answer: a proxy before the API may answer any JSON. */
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

/** Only codes that we know, and a sentence that a terminal can show. */
export function errorOf(code: unknown, message: unknown): FirmsealError {
	const isShown = typeof message === 'string' && isVisibleLine(message, 500);
	const known = ERROR_CODES.includes(code as ErrorCode) ? (code as ErrorCode) : 'INTERNAL';
	return new FirmsealError(known, isShown ? message : 'The API answered an error that it does not explain.');
}
