import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Person, Scene } from '../../attacks/scene.ts';
import { contentOf, type FileClient, filesAt, makeDocument } from '../../support/files.ts';
import { until } from '../../system/program.ts';

/** An upload controlled by the test, byte by byte. */
export interface OpenUpload {
	readonly socket: Socket;
	readonly closed: Promise<void>;
	/** The answer so far, heads included. */
	text(): string;
}

const FIELDS =
	'byteSize status revision sha256 bucket objectKey versions { id number byteSize sha256 objectKey changeSummary author { id } }';

/**
 * Sends the head of a request over a bare socket, such as `GET /…`. `closed` resolves when the server has closed the connection after
 * its answer.
 */
export function speak(url: string, asked: string, token: Person, headers: readonly string[] = []) {
	const { hostname, port } = new URL(url);
	const socket = connect(Number(port), hostname).on('error', () => {});
	const closed = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
	socket.write(
		[`${asked} HTTP/1.1`, 'Host: localhost', `Authorization: Bearer ${token}`, ...headers, '', ''].join('\r\n'),
	);
	return { socket, closed };
}

/** Shared actions of file tests. `scene` is called once it exists. */
export function filesOf(scene: () => Scene) {
	const client = () => filesAt(scene().api.url);
	const files: FileClient = {
		put: (...asked) => client().put(...asked),
		get: (...asked) => client().get(...asked),
		head: (...asked) => client().head(...asked),
	};

	const newDocument = (input: object = {}, of = scene().north) => makeDocument(scene().api.ask, of.member, input);
	/** A document of north with this file. Resolves with its id. */
	async function putDocument(content: Uint8Array): Promise<string> {
		const id = await newDocument();
		expect((await files.put(scene().north.member, id, Buffer.from(content))).status).toBe(201);
		return id;
	}
	const rowsOf = (document: string) =>
		scene()
			.admin`select tag, state, size, sha256, version_id from stored_objects where document_id = ${document} order by created_at`;
	const statesOf = async (document: string) => (await rowsOf(document)).map(({ state }) => state as string);
	const seen = async (document: string) =>
		(await scene().api.ask(scene().north.member, `{ document(id: "${document}") { ${FIELDS} } }`)).data.document;

	/** After a failed upload nothing is visible to anyone. */
	async function expectNothing(document: string): Promise<void> {
		expect(await seen(document)).toMatchObject({ byteSize: null, status: 'PENDING', sha256: null, objectKey: null });
		expect((await files.get(scene().north.member, contentOf(document))).status).toBe(404);
		for (const state of await statesOf(document)) expect(state).toBe('DELETING');
	}

	/** The paths of all stored objects. */
	const objects = () =>
		readdirSync(join(scene().installation.directory, 'objects'), { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => join(entry.parentPath, entry.name));

	/** Sends only the head of an upload. */
	function open(document: string, headers: readonly string[], token = scene().north.member): OpenUpload {
		const { socket, closed } = speak(scene().api.url, `PUT ${contentOf(document)}`, token, headers);
		let text = '';
		socket.setEncoding('utf8').on('data', (part: string) => {
			text += part;
		});
		return { socket, text: () => text, closed };
	}

	/** Starts an upload of ten bytes, and sends five. `end` sends the rest, and waits for the answer. */
	async function begin(document: string, token = scene().north.member) {
		const upload = open(document, ['Content-Length: 10'], token);
		upload.socket.write('01234');
		await until(async () => (await statesOf(document)).includes('UPLOADING'));
		return {
			...upload,
			async end() {
				upload.socket.write('56789');
				await until(() => /\r\n\r\n\{.*\}$/s.test(upload.text()));
				upload.socket.destroy();
				const text = upload.text();
				return { status: Number(text.split(' ')[1]), text };
			},
		};
	}

	return { files, newDocument, putDocument, rowsOf, statesOf, seen, expectNothing, objects, open, begin };
}
