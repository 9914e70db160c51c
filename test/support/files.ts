import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Ask } from './ask.ts';
import type { Person } from './person.ts';

/** An answer of the file routes. */
export interface FileAnswer {
	readonly status: number;
	readonly headers: Headers;
	readonly bytes: Buffer;
	/** The JSON body of a problem document or an upload. */
	// biome-ignore lint/suspicious/noExplicitAny: tests read whatever it is
	readonly json: any;
}

/** Options of an upload. */
type Body = string | Uint8Array | ReadableStream;

export interface FileClient {
	put(token: Person | null, id: string, body: Body, headers?: Readonly<Record<string, string>>): Promise<FileAnswer>;
	get(token: Person | null, path: string, headers?: Readonly<Record<string, string>>): Promise<FileAnswer>;
	head(token: Person | null, path: string, headers?: Readonly<Record<string, string>>): Promise<FileAnswer>;
}

export const contentOf = (id: string, number?: number): string =>
	number === undefined ? `/documents/${id}/content` : `/documents/${id}/versions/${number}/content`;

/** A client for the file routes of a server. */
export function filesAt(url: string): FileClient {
	async function ask(method: string, token: Person | null, path: string, headers: object, body?: Body) {
		const answer = await fetch(url + path, {
			method,
			headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
			...(body !== undefined && { body: body as never, duplex: 'half' }),
		});
		const bytes = Buffer.from(await answer.arrayBuffer());
		const type = answer.headers.get('content-type') ?? '';
		// Every refusal with a body is a problem document of RFC 9457.
		if (answer.status >= 400 && bytes.length > 0 && !/^application\/problem\+json\b/.test(type))
			throw new Error(`${answer.status} of ${method} ${path} came as ${type}.`);
		const isJson = bytes.length > 0 && /json/.test(type);
		return {
			status: answer.status,
			headers: answer.headers,
			bytes,
			json: isJson ? JSON.parse(bytes.toString()) : null,
		};
	}
	return {
		put: (token, id, body, headers = {}) => ask('PUT', token, contentOf(id), headers, body),
		get: (token, path, headers = {}) => ask('GET', token, path, headers),
		head: (token, path, headers = {}) => ask('HEAD', token, path, headers),
	};
}

const CREATE =
	'mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { uploadPath document { id } } }';

/** Creates a document without a file, and returns its id. */
export async function makeDocument(ask: Ask, token: Person, input: object = {}): Promise<string> {
	const id = uuidv7();
	const { data, text } = await ask(token, CREATE, {
		input: { id, name: 'deed.pdf', mimeType: 'application/pdf', ...input },
	});
	if (data?.createDocument?.uploadPath !== contentOf(id)) throw new Error(text);
	return id;
}

/** Shares a document with the client of the firm. */
export async function shareDocument(ask: Ask, token: Person, clientId: string, documentId: string): Promise<void> {
	const { errors, text } = await ask(
		token,
		`mutation { shareWithClient(input: { clientId: "${clientId}", subject: { documentId: "${documentId}" } }) { client { id } } }`,
	);
	if (errors.length > 0) throw new Error(text);
}

/** Random bytes, so that a search finds them nowhere by chance. */
export const someBytes = (size: number): Buffer => randomBytes(size);
