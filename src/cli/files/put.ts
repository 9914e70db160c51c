import { v7 as uuidv7 } from 'uuid';
import { escapeHiddenCharacters } from '../../access/index.ts';
import type { Config } from '../../config/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type CallApi, credentialsOf, queryCaller, type RetryPolicy } from '../call/index.ts';
import type { CommandResult } from '../command.ts';
import { stopSignal } from '../io.ts';
import { showBytes, sizeOf } from './byte-progress.ts';
import { withHint } from './file-errors.ts';
import { openSource, type Source } from './local-file.ts';
import { mediaTypeOf } from './media-type.ts';
import { type Uploaded, upload } from './upload.ts';

export interface PutOptions {
	readonly document?: string;
	readonly summary?: string;
	readonly name?: string;
	readonly type?: string;
	readonly client?: string;
	readonly dryRun?: boolean;
}

/** Sends a file as the next version of a document, or of a new one. */
export async function put(config: Config, file: string, options: PutOptions): Promise<CommandResult> {
	const person = credentialsOf(config);
	const source = await openSource(file);
	const progress = showBytes(escapeHiddenCharacters(options.name ?? source.name ?? 'Standard input', 'LINE'));
	const retry: RetryPolicy = { signal: stopSignal(), notify: progress.say, wasReached: false };
	const ask = queryCaller(person, retry);
	try {
		if (options.dryRun) return await wouldPut(ask, source, options);
		const target = await openUploadTarget(ask, source, options);
		if (target.isNew) progress.say(`Created the document ${target.documentId}; uploading its file.`);
		const uploaded = await upload(person, target.documentId, source, { retry, progress }).catch((error: unknown) => {
			throw target.hint === null ? error : withHint(error, target.hint);
		});
		return { result: uploaded, text: textOf(uploaded, target.versionId) };
	} finally {
		progress.end();
		await source.close();
	}
}

/** The document and version that receive the file, and the hint for an error. */
interface UploadTarget {
	readonly documentId: string;
	readonly isNew: boolean;
	/** The version that waits for the file; null if the server creates one. */
	readonly versionId: string | null;
	readonly hint: string | null;
}

const CREATE = 'mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { document { id } } }';
const CREATE_VERSION =
	'mutation ($input: CreateDocumentVersionInput!) { createDocumentVersion(input: $input) { documentVersion { id } } }';
const FIND = 'query ($id: ID!) { document(id: $id) { id name } }';

/** Creates the document or version for the file, if it needs one. The id is generated here, so that a mutation that is sent twice creates one object. */
async function openUploadTarget(ask: CallApi, source: Source, options: PutOptions): Promise<UploadTarget> {
	const { document: documentId, summary } = options;
	const id = uuidv7();
	if (documentId === undefined) {
		await ask(CREATE, { input: { id, ...newDocument(source, options) } });
		return { documentId: id, isNew: true, versionId: null, hint: `Continue with --document ${id}.` };
	}
	if (summary === undefined) return { documentId, isNew: false, versionId: null, hint: null };
	await ask(CREATE_VERSION, { input: { id, documentId, changeSummary: summary } });
	return {
		documentId,
		isNew: false,
		versionId: id,
		hint: 'The version with the summary exists already: continue without --summary.',
	};
}

function newDocument(source: Source, { name: given, type, client }: PutOptions) {
	const name = given ?? source.name ?? '';
	return { name, mimeType: type ?? mediaTypeOf(name), ...(client !== undefined && { clientId: client }) };
}

async function wouldPut(ask: CallApi, source: Source, options: PutOptions): Promise<CommandResult> {
	const { size } = source;
	const amount = size === null ? 'all of its input' : sizeOf(size);
	const { document: documentId } = options;
	if (documentId === undefined) {
		const { name, mimeType } = newDocument(source, options);
		const text = `Would create a document of the type ${mimeType} and upload ${amount}.`;
		return { result: { dryRun: true, name, mimeType, byteSize: size }, text };
	}
	const document = (await ask(FIND, { id: documentId })).document as { readonly name: string } | null;
	if (!document) throw new FirmsealError('NOT_FOUND', 'No document has this id, or this person may not see it.');
	const text = `Would upload ${amount} as the next version of the document ${documentId}.`;
	return { result: { dryRun: true, documentId, name: document.name, byteSize: size }, text };
}

function textOf({ documentId, versionId, number, byteSize }: Uploaded, expected: string | null): string {
	const text = `Stored ${sizeOf(byteSize)} as version ${number} of the document ${documentId}.`;
	if (expected === null || expected === versionId) return text;
	return `${text} An earlier version was still waiting for its file and has it now; the version with the summary is next.`;
}
