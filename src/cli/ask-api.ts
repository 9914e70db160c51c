import type { Config } from '../config.ts';
import { ERROR_CODES, type ErrorCode, FirmsealError, SetupError } from '../errors.ts';
import { readOperationFiles } from '../operation-files.ts';

/** Longer than anything that a server does for one request. */
const LONGEST = 60_000;

/** Asks the API one thing as a person. */
export type AskApi = (operation: string, variables: Readonly<Record<string, unknown>>) => Promise<ApiData>;
export type ApiData = Readonly<Record<string, unknown>>;

/** Whom a command acts for, and where. */
export interface ApiPerson {
	/** Of the API, without a slash at its end. */
	readonly url: string;
	readonly token: NonNullable<Config['client']['token']>;
}

/** @throws FirmsealError UNAUTHENTICATED without FIRMSEAL_TOKEN; SetupError for an address to which a token would go unprotected. */
export function personOf({ client: { url, token } }: Pick<Config, 'client'>): ApiPerson {
	if (!token)
		throw new FirmsealError(
			'UNAUTHENTICATED',
			'Set FIRMSEAL_TOKEN: the command acts for the person whose token it is.',
		);
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
export function askApi(config: Pick<Config, 'client'>): AskApi {
	const ask = askInWords(personOf(config));
	const texts = new Map(readOperationFiles().map(({ name, text }) => [name.replace('.graphql', ''), text]));
	return (operation, variables) => ask(texts.get(operation) ?? '', variables);
}

/** The same by the text of an operation: for what only a firm's people ask, whose servers answer any. */
export function askInWords({ url, token }: ApiPerson): AskApi {
	return async (query, variables) => {
		const body = await post(`${url}/graphql`, token.expose(), { query, variables });
		if (body.errors?.length) throw errorOf(body.errors[0]?.extensions?.code, body.errors[0]?.message);
		if (!body.data) throw errorOf(body.code, body.detail);
		return body.data;
	};
}

/** A GraphQL answer, or a problem document. */
interface Body {
	readonly data?: ApiData | null;
	readonly errors?: readonly { readonly message?: unknown; readonly extensions?: { readonly code?: unknown } }[];
	readonly code?: unknown;
	readonly detail?: unknown;
}

async function post(address: string, token: string, request: object): Promise<Body> {
	let text: string;
	try {
		const answer = await fetch(address, {
			method: 'POST',
			headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${token}` },
			body: JSON.stringify(request),
			// Wherever it would lead, the token isn't for it.
			redirect: 'error',
			signal: AbortSignal.timeout(LONGEST),
		});
		text = await answer.text();
	} catch {
		throw outOfReach();
	}
	try {
		const body: unknown = JSON.parse(text);
		if (typeof body === 'object' && body !== null) return body;
	} catch {}
	throw noFirmseal();
}

export const outOfReach = () =>
	new SetupError("The API can't be reached: start the server, or set FIRMSEAL_URL to its address.");

export const noFirmseal = () =>
	new SetupError('What answers at FIRMSEAL_URL is no Firmseal: set it to the address of the API.');

const isProtected = ({ protocol, hostname }: URL): boolean =>
	protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);

/** Only codes that we know, and a sentence that can be shown on a terminal. */
export function errorOf(code: unknown, message: unknown): FirmsealError {
	const isShown = typeof message === 'string' && /^\P{C}{1,500}$/u.test(message);
	const known = ERROR_CODES.includes(code as ErrorCode) ? (code as ErrorCode) : 'INTERNAL';
	return new FirmsealError(known, isShown ? message : 'The API answered an error that it does not explain.');
}
