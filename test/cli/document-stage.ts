import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { type HttpStage, makeHttpStage } from '../leases/http-stage.ts';
import { type FileClient, filesAt, makeDocument, someBytes } from '../support/files.ts';
import { enterNewDirectory, type RunOptions } from './document-program.ts';
import { type FileProxy, startProxy } from './file-proxy.ts';

export const SIZE = 24_000_000;
export const bytes = someBytes(SIZE);

export let stage: HttpStage;
let files: FileClient;
export let proxy: FileProxy;
/** The id of the document lease.pdf, whose content is `bytes`. */
export let id: string;

/** Creates these fixtures for the tests of a file. */
export function fetchDocuments(): void {
	beforeAll(async () => {
		stage = await makeHttpStage();
		files = filesAt(stage.scene.api.url);
		proxy = await startProxy(stage.scene.api.url);
		id = await documentOf(bytes, 'lease.pdf');
	}, 120_000);
	enterNewDirectory();
	beforeEach(() => {
		proxy.heads.length = 0;
		proxy.fates.length = 0;
	});
	afterAll(async () => {
		await proxy?.close();
		await stage?.scene.installation.close();
	});
}

export const as = (token = stage.firm.member): RunOptions => ({
	env: { FIRMSEAL_URL: proxy.url, FIRMSEAL_TOKEN: `${token}` },
});
export async function documentOf(content: Uint8Array | string, name: string): Promise<string> {
	const document = await makeDocument(stage.scene.api.ask, stage.firm.member, { name });
	await put(document, content);
	return document;
}
export async function put(document: string, content: Uint8Array | string): Promise<string> {
	const { status, json } = await files.put(stage.firm.member, document, content);
	expect(status).toBe(201);
	return json.versionId;
}
