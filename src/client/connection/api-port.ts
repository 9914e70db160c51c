import { ERROR_CODES, type ErrorCode, FirmsealError } from '../../errors.ts';

/** Milliseconds after which a request counts as lost. */
const MOST_WAIT = 30_000;
/** Bytes of an answer. A page of the key log has at most 1 MiB of entries, and its names. */
const MOST_BYTES = 8 * 1024 * 1024;

/** The service, as the connection uses it. What it answers is not verified. */
export interface ServicePort {
	/**
	 * The `data` of a GraphQL operation that has no error.
	 * @throws FirmsealError with the code of the answer's first error; AUDIT_UNAVAILABLE if there is no answer, INTERNAL if it is malformed
	 */
	request(document: string, variables: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>;
	/** The keys that verify checkpoints of the firm's key log, as vkeys, newest first. Throws as `request` does. */
	checkpointKeys(firm: string): Promise<readonly string[]>;
}

export interface ServiceAddress {
	/** The address of the API, without a path, such as `https://vault.example`. */
	readonly url: string;
	/** The current bearer token. Called before each request. */
	readonly token: () => string | Promise<string>;
	readonly fetch?: typeof fetch;
}

/** The service at an address. @throws FirmsealError BAD_USER_INPUT for an address that is none, or that is not encrypted */
export function createService({ url, token, fetch: send = fetch }: ServiceAddress): ServicePort {
	const base = baseOf(url);
	const ask = async (path: string, init: RequestInit): Promise<{ readonly ok: boolean; readonly text: string }> => {
		try {
			const signal = AbortSignal.timeout(MOST_WAIT);
			const answer = await send(new URL(path, base), { ...init, signal, redirect: 'error', credentials: 'omit' });
			return { ok: answer.ok, text: await readBounded(answer) };
		} catch (error) {
			if (error instanceof FirmsealError) throw error;
			throw new FirmsealError(
				'AUDIT_UNAVAILABLE',
				`The service at ${base.host} does not answer. Check the connection, and try again.`,
				{ cause: error },
			);
		}
	};
	return {
		async request(query, variables) {
			const headers = { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' };
			const { text } = await ask('/graphql', { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
			return dataOf(base.host, text);
		},
		async checkpointKeys(firm) {
			const path = `/.well-known/firmseal/checkpoint-key?firm=${encodeURIComponent(firm)}&log=keys`;
			const { ok, text } = await ask(path, { method: 'GET' });
			if (!ok) throw malformed(base.host);
			return text.split('\n').filter((line) => line !== '');
		},
	};
}

const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]']);

function baseOf(url: string): URL {
	const base = URL.canParse(url) ? new URL(url) : null;
	const isSafe = base?.protocol === 'https:' || (base?.protocol === 'http:' && LOCAL.has(base.hostname));
	if (!base || !isSafe || base.username !== '' || base.password !== '')
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'The setting url is the https address of the API, without a password: https://vault.example.',
		);
	return base;
}

async function readBounded(answer: Response): Promise<string> {
	const reader = answer.body?.getReader();
	const decoder = new TextDecoder();
	let [text, bytes] = ['', 0];
	for (;;) {
		const read = await reader?.read();
		if (!read || read.done) return text + decoder.decode();
		bytes += read.value.length;
		if (bytes > MOST_BYTES) {
			await reader?.cancel();
			throw new FirmsealError(
				'TOO_EXPENSIVE',
				'The answer of the service is too long. Nothing of it was used. Report it.',
			);
		}
		text += decoder.decode(read.value, { stream: true });
	}
}

/** Messages of the service are not passed on: they could say anything to the person. */
function dataOf(host: string, text: string): Readonly<Record<string, unknown>> {
	const answer = parsed(text);
	if (!isObject(answer)) throw malformed(host);
	const [error] = Array.isArray(answer.errors) ? answer.errors : [];
	if (error !== undefined) {
		const code = codeOf(error);
		throw new FirmsealError(code, `The service at ${host} refused the request (${code}).`);
	}
	if (!isObject(answer.data)) throw malformed(host);
	return answer.data;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

function codeOf(error: unknown): ErrorCode {
	const extensions = isObject(error) ? error.extensions : null;
	const code = isObject(extensions) ? extensions.code : null;
	return ERROR_CODES.find((known) => known === code) ?? 'INTERNAL';
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const malformed = (host: string): FirmsealError =>
	new FirmsealError(
		'INTERNAL',
		`The answer of the service at ${host} is malformed. Nothing of it was used. Report it.`,
	);
