import { escapeHiddenCharacters } from '../../access/index.ts';
import type { Config } from '../../config/index.ts';
import { type CallApi, credentialsOf, queryCaller } from '../call/index.ts';
import type { CommandResult } from '../command.ts';
import { stopSignal } from '../io.ts';
import { createDocument, createVersion, nameOfDocument } from './api-documents.ts';
import { showBytes, sizeOf } from './byte-progress.ts';
import { openSource, type Source } from './local-file.ts';
import { mediaTypeOf } from './media-type.ts';
import { type Uploaded, upload } from './upload.ts';
import { withHint } from './with-hint.ts';

export interface PutOptions {
	readonly document?: string;
	readonly summary?: string;
	readonly name?: string;
	readonly type?: string;
	readonly client?: string;
	readonly dryRun?: boolean;
}

/** Sends a file to a document that is there, or to a new one. */
export async function put(config: Config, file: string, options: PutOptions): Promise<CommandResult> {
	const person = credentialsOf(config);
	const ask = queryCaller(person);
	const source = await openSource(file);
	try {
		if (options.dryRun) return await wouldPut(ask, source, options);
		const progress = showBytes(escapeHiddenCharacters(options.name ?? source.name ?? 'Standard input', 'LINE'));
		const signal = stopSignal();
		const target = await openUploadTarget(ask, source, options);
		if (target.isNew) progress.say(`Created the document ${target.documentId}; uploading its file.`);
		const uploaded = await upload(person, target.documentId, source, { signal, progress })
			.catch((error: unknown) => {
				throw target.hint === null ? error : withHint(error, target.hint);
			})
			.finally(progress.end);
		return { result: uploaded, text: textOf(uploaded, target.versionId) };
	} finally {
		await source.close();
	}
}

/** Where the file goes, and what to say if it doesn't get there. */
interface UploadTarget {
	readonly documentId: string;
	readonly isNew: boolean;
	/** That the file is to fill; null: the server makes one. */
	readonly versionId: string | null;
	readonly hint: string | null;
}

async function openUploadTarget(ask: CallApi, source: Source, options: PutOptions): Promise<UploadTarget> {
	const { document: documentId, summary } = options;
	if (documentId === undefined) {
		const id = await createDocument(ask, newDocument(source, options));
		return { documentId: id, isNew: true, versionId: null, hint: `Go on with --document ${id}.` };
	}
	if (summary === undefined) return { documentId, isNew: false, versionId: null, hint: null };
	const versionId = await createVersion(ask, documentId, summary);
	const hint = 'Its version is made already: go on without --summary.';
	return { documentId, isNew: false, versionId, hint };
}

function newDocument(source: Source, { name: given, type, client }: PutOptions) {
	const name = given ?? source.name ?? '';
	return { name, mimeType: type ?? mediaTypeOf(name), ...(client !== undefined && { clientId: client }) };
}

async function wouldPut(ask: CallApi, source: Source, options: PutOptions): Promise<CommandResult> {
	const { size } = source;
	const amount = size === null ? 'what comes' : sizeOf(size);
	const { document: documentId } = options;
	if (documentId === undefined) {
		const { name, mimeType } = newDocument(source, options);
		const text = `Would make a document of the type ${mimeType} and send it ${amount}.`;
		return { result: { dryRun: true, name, mimeType, byteSize: size }, text };
	}
	const name = await nameOfDocument(ask, documentId);
	const text = `Would send ${amount} as the next version of the document ${documentId}.`;
	return { result: { dryRun: true, documentId, name, byteSize: size }, text };
}

function textOf({ documentId, versionId, number, byteSize }: Uploaded, expected: string | null): string {
	const text = `Stored ${sizeOf(byteSize)} as version ${number} of the document ${documentId}.`;
	if (expected === null || expected === versionId) return text;
	return `${text} That one was waiting for a file; the one with the summary is next.`;
}
