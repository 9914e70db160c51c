import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { makeScene, type Scene } from '../attacks/scene.ts';
import { filesAt, makeDocument, someBytes } from '../support/files.ts';

/** A marker in every text that a person wrote: only the export may contain it. */
export const CANARY = 'canary-5d1c';

export const TABLES = {
	'clients.jsonl': 'clients',
	'threads.jsonl': 'threads',
	'messages.jsonl': 'messages',
	'comments.jsonl': 'comments',
	'notes.jsonl': 'notes',
	'invoices.jsonl': 'invoices',
	'time-entries.jsonl': 'time_entries',
	'documents.jsonl': 'documents',
} as const;

export interface ExportScene extends Scene {
	/** The ids of the documents with files, by name. */
	readonly documents: ReadonlyMap<string, string>;
	/** A document with two versions. The second one is large. */
	readonly large: { readonly id: string; readonly first: Buffer; readonly second: Buffer };
	/** Runs a mutation as the firm's member. @throws Error if the API refuses it */
	mutate(name: string, input: object): Promise<void>;
}

/** File names that try to leave their directory, and other troublesome names. */
export const TRICKS = ['../../../outside.txt', '..', 'a/../../b.txt', '-rf', 'CON.txt', '.hidden', 'näher ✓.pdf'];

/** A firm that has records of every type, and of most types more than one page holds. */
export async function makeExportScene(settings: Readonly<Record<string, string>> = {}): Promise<ExportScene> {
	const scene = await makeScene(settings);
	const { api, north } = scene;
	async function mutate(name: string, input: object): Promise<void> {
		const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
		const { errors, text } = await api.ask(
			north.member,
			`mutation ($input: ${type}!) { ${name}(input: $input) { __typename } }`,
			{
				input,
			},
		);
		if (errors.length > 0) throw new Error(text);
	}
	const say = (what: string) => `${what} ${CANARY} "quoted"\u2028\n${'x'.repeat(40)}`;
	const comment = (about: object, n = 1) => mutate('createComment', { about, text: say(`comment ${n}`) });

	for (let n = 0; n < 3; n++) await mutate('createClient', { id: uuidv7(), name: `Client ${n}` });
	for (let n = 0; n < 20; n++) {
		const threadId = uuidv7();
		await mutate('createThread', { id: threadId, clientId: n % 2 ? north.clientId : null });
		for (let m = 0; m < (n === 3 ? 220 : 1); m++)
			await mutate('createMessage', {
				id: uuidv7(),
				threadId,
				subject: say('subject'),
				body: m === 1 ? null : say(`body ${m}`),
			});
		if (n === 4) await mutate('shareWithClient', { clientId: north.clientId, subject: { threadId } });
	}
	const [message] = await scene.admin`select id from messages order by id limit 1`;
	for (let n = 0; n < 12; n++) await comment({ messageId: message?.id }, n);
	for (let n = 0; n < 4; n++) {
		const noteId = await scene.write({ title: say('title'), body: say('body') });
		await comment({ noteId });
	}
	for (let n = 0; n < 12; n++) {
		const id = uuidv7();
		const lineItems = Array.from({ length: 3 }, (_, item) => ({
			description: say(`item ${item}`),
			quantity: '1.50',
			unitAmount: '99.00',
		}));
		await mutate('createInvoice', {
			id,
			number: `N-${n}`,
			currency: 'EUR',
			total: '445.50',
			memo: say('memo'),
			lineItems,
		});
		if (n === 0) await comment({ invoiceId: id });
	}
	for (let n = 0; n < 2; n++)
		await mutate('createTimeEntry', { minutes: 30, startedAt: '2026-01-02T03:04:05.678Z', description: say('work') });

	const files = filesAt(api.url);
	async function put(id: string, bytes: Uint8Array | string): Promise<void> {
		const { status } = await files.put(north.member, id, bytes);
		if (status !== 201) throw new Error(`${status}`);
	}
	const documents = new Map<string, string>();
	for (const name of TRICKS) {
		const id = await makeDocument(api.ask, north.member, { name, description: say('description') });
		await put(id, `file of ${CANARY} in ${name}`);
		documents.set(name, id);
	}
	const id = await makeDocument(api.ask, north.member, { name: 'large.bin' });
	const [first, second] = [someBytes(70_000), someBytes(6_000_000)];
	await put(id, first);
	await put(id, second);
	await comment({ documentId: id });
	await mutate('createDocumentVersion', { documentId: id, changeSummary: say('summary') });
	await makeDocument(api.ask, north.member, { name: 'without a file.pdf' });
	const empty = await makeDocument(api.ask, north.member, { name: 'empty' });
	await put(empty, '');
	return { ...scene, documents, large: { id, first, second }, mutate };
}

// biome-ignore lint/suspicious/noExplicitAny: tests read records of any shape
export type Json = any;

/** Reads an export from the disk. */
export function readExport(directory: string) {
	const names = (readdirSync(directory, { recursive: true, withFileTypes: true }) as Json[])
		.filter((entry) => entry.isFile())
		.map((entry) => relative(directory, join(entry.parentPath, entry.name)))
		.toSorted();
	const read = (name: string) => readFileSync(join(directory, name));
	const records = (name: string): Json[] =>
		read(name)
			.toString()
			.split('\n')
			.slice(0, -1)
			.map((line) => JSON.parse(line));
	const manifest: Json = JSON.parse(read('manifest.json').toString());
	return { names, read, records, manifest };
}

/** Checks that the manifest describes every file and that only the owner can read the files. @throws Error that names what is wrong */
export function assertSound(directory: string): void {
	const { names, read, records, manifest } = readExport(directory);
	const listed = manifest.files.map(({ name }: Json) => name);
	const wrong = names.filter((name) => name !== 'manifest.json' && !listed.includes(name));
	wrong.push(...listed.filter((name: string) => !names.includes(name)));
	for (const file of manifest.files) {
		const bytes = read(file.name);
		const sha256 = createHash('sha256').update(bytes).digest('hex');
		if (bytes.length !== file.bytes || sha256 !== file.sha256) wrong.push(`${file.name} differs`);
		if (!file.name.endsWith('.jsonl') || file.name.startsWith('files/')) continue;
		const found = records(file.name);
		if (found.length !== file.records) wrong.push(`${file.name} has ${found.length} of ${file.records}`);
		if (new Set(found.map(({ id }) => id)).size !== found.length) wrong.push(`${file.name} has records twice`);
	}
	for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
		const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o777;
		if (mode !== (entry.isDirectory() ? 0o700 : 0o600)) wrong.push(`${entry.name} is ${mode.toString(8)}`);
	}
	if ((statSync(directory).mode & 0o777) !== 0o700) wrong.push('the directory is for others too');
	if (existsSync(`${directory}.part`)) wrong.push('something is left');
	if (wrong.length > 0) throw new Error(wrong.join(', '));
}
