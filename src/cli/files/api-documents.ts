import { v7 as uuidv7 } from 'uuid';
import { FirmsealError, SetupError } from '../../errors.ts';
import type { ApiData, CallApi } from '../call/index.ts';
import { currentIo } from '../io.ts';

const CREATE = 'mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { document { id } } }';
const CREATE_VERSION =
	'mutation ($input: CreateDocumentVersionInput!) { createDocumentVersion(input: $input) { documentVersion { id } } }';
const FIND = 'query ($id: ID!) { document(id: $id) { id name } }';

/** Milliseconds before a create whose answer is missing is sent once more. */
const PAUSE = 500;

export interface NewDocument {
	readonly name: string;
	readonly mimeType: string;
	readonly clientId?: string | undefined;
}

/** Makes a document without a file; answers its id. */
export async function createDocument(ask: CallApi, document: NewDocument): Promise<string> {
	const id = uuidv7();
	await twice(() => ask(CREATE, { input: { id, ...document } }));
	return id;
}

/** Makes a version without a file, for the next upload of this person; answers its id. */
export async function createVersion(ask: CallApi, documentId: string, changeSummary: string): Promise<string> {
	const id = uuidv7();
	await twice(() => ask(CREATE_VERSION, { input: { id, documentId, changeSummary } }));
	return id;
}

/** @throws FirmsealError NOT_FOUND */
export async function nameOfDocument(ask: CallApi, id: string): Promise<string> {
	const { document } = await ask(FIND, { id });
	if (!document) throw new FirmsealError('NOT_FOUND', 'There is no such document.');
	return (document as { readonly name: string }).name;
}

/** Ids are made here, so that the same create sent again is the same. */
async function twice(create: () => Promise<ApiData>): Promise<ApiData> {
	try {
		return await create();
	} catch (error) {
		if (!(error instanceof SetupError)) throw error;
		await currentIo().clock.sleep(PAUSE);
		return create();
	}
}
