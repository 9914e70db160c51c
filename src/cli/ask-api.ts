import { readOperationFiles } from '../api/index.ts';
import type { Config } from '../config.ts';
import { ERROR_CODES, type ErrorCode, FirmsealError, SetupError } from '../errors.ts';

/** Longer than anything that a server does for one request. */
const LONGEST = 60_000;

/** Asks the API one thing as a person. */
export type AskApi = (operation: string, variables: Readonly<Record<string, unknown>>) => Promise<ApiData>;
export type ApiData = Readonly<Record<string, unknown>>;

/**
 * The API at FIRMSEAL_URL, as the person whose token is in FIRMSEAL_TOKEN. An operation goes by the name of its file in
 * schema/operations/operator/: so it is answered too where only registered operations are.
 * @throws FirmsealError with the API's own code; UNAUTHENTICATED without a token; SetupError for a server that can't be reached, or is
 * none of ours.
 */
export function askApi({ client: { url, token } }: Pick<Config, 'client'>): AskApi {
	if (!token)
		throw new FirmsealError(
			'UNAUTHENTICATED',
			'Set FIRMSEAL_TOKEN: the command acts for the person whose token it is.',
		);
	if (!isProtected(new URL(url)))
		throw new SetupError('FIRMSEAL_URL must be https for another host: the token would travel unprotected.');
	const texts = new Map(readOperationFiles().map(({ name, text }) => [name.replace('.graphql', ''), text]));
	return async (operation, variables) => {
		const body = await post(`${url}/graphql`, token.expose(), { query: texts.get(operation), variables });
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
		throw new SetupError("The API can't be reached: start the server, or set FIRMSEAL_URL to its address.");
	}
	try {
		const body: unknown = JSON.parse(text);
		if (typeof body === 'object' && body !== null) return body;
	} catch {}
	throw new SetupError('What answers at FIRMSEAL_URL is no Firmseal: set it to the address of the API.');
}

const isProtected = ({ protocol, hostname }: URL): boolean =>
	protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);

/** Only codes that we know, and a sentence that can be shown on a terminal. */
function errorOf(code: unknown, message: unknown): FirmsealError {
	const isShown = typeof message === 'string' && /^\P{C}{1,500}$/u.test(message);
	const known = ERROR_CODES.includes(code as ErrorCode) ? (code as ErrorCode) : 'INTERNAL';
	return new FirmsealError(known, isShown ? message : 'The API answered an error that it does not explain.');
}
