import type { ApolloClient } from '@apollo/client';
import { type ApiFetch, refusalOf, reportConnection } from '../../kit/api/index.ts';
import {
	CreateDocumentDocument,
	CreateDocumentVersionDocument,
	DocumentDocument,
} from '../../kit/api/workspace.generated.ts';
import type { Made, UploadSteps } from './send-upload.ts';
import type { Upload } from './upload.ts';

/** The steps of an upload by the public API. */
export const apiSteps = (client: ApolloClient, apiFetch: ApiFetch): UploadSteps => ({
	async find({ id, documentId, target }): Promise<Made | null> {
		const { data } = await client.query({ query: DocumentDocument, variables: { id: documentId } });
		const document = data?.document;
		if (target.kind === 'DOCUMENT') return document ?? null;
		if (!document) throw new Error('This document is not there any more, or no longer shared with you.');
		return document.versions.find((version) => version.id === id) ?? null;
	},
	async create({ id, name, mimeType, target }) {
		if (target.kind === 'DOCUMENT') {
			const { clientId, description } = target;
			const input = { id, name, mimeType, ...(clientId && { clientId }), ...(description && { description }) };
			await client.mutate({ mutation: CreateDocumentDocument, variables: { input } });
		} else if (target.waiting === null) {
			const { documentId, changeSummary } = target;
			const input = { id, documentId, ...(changeSummary && { changeSummary }) };
			await client.mutate({ mutation: CreateDocumentVersionDocument, variables: { input } });
		}
	},
	async isReadable({ file }) {
		const part = file.slice(0, 1).arrayBuffer();
		const canRead = await part.then(
			() => true,
			() => false,
		);
		// The browser has told the connection's state by the same error.
		if (!canRead) reportConnection(true);
		return canRead;
	},
	async send({ documentId, file, target }, signal, onProgress) {
		const response = await apiFetch(`/documents/${documentId}/content`, {
			method: 'PUT',
			headers: { 'content-type': 'application/octet-stream', ...conditionOf(target) },
			body: file,
			signal,
			onProgress,
		});
		if (!response.ok) throw await refusalOf(response);
		await response.body?.cancel();
	},
});

/** What the person saw is what the new file follows: anything else is refused, so that no one's version is passed over unseen. */
const conditionOf = (target: Upload['target']): Readonly<Record<string, string>> =>
	target.kind === 'VERSION' && target.latest !== null ? { 'if-match': `"${target.latest}"` } : { 'if-none-match': '*' };
