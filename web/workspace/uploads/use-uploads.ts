import type { ApolloClient } from '@apollo/client';
import { useApolloClient } from '@apollo/client/react';
import { useSyncExternalStore } from 'react';
import { newId } from '../../kit/api/index.ts';
import { DocumentDocument } from '../../kit/api/workspace.generated.ts';
import { type Kit, useKit } from '../../kit/kit-context.ts';
import { apiSteps } from './api-steps.ts';
import { documentNameOf, mediaTypeOf } from './file-facts.ts';
import type { Upload, UploadTarget } from './upload.ts';
import { UploadQueue } from './upload-queue.ts';

/** One for each signed-in person of this page load. */
const queues = new WeakMap<ApolloClient, UploadQueue>();

/** The uploads of this page, and the ways to add to them. */
export function useUploads() {
	const client = useApolloClient();
	const queue = queueOf(client, useKit());
	const uploads = useSyncExternalStore(queue.subscribe, queue.uploads);
	const add = (files: readonly File[], target: UploadTarget) => queue.add(files.map((file) => uploadOf(file, target)));
	return { uploads, queue, add };
}

function queueOf(client: ApolloClient, { apiFetch }: Kit): UploadQueue {
	let queue = queues.get(client);
	if (queue === undefined) {
		queue = new UploadQueue(apiSteps(client, apiFetch), ({ documentId }) => {
			// Lists that are open show the new file; a failure shows there.
			void client.refetchQueries({ include: ['Documents'] }).catch(() => {});
			void client.query({ query: DocumentDocument, variables: { id: documentId } }).catch(() => {});
		});
		queues.set(client, queue);
	}
	return queue;
}

function uploadOf(file: File, target: UploadTarget): Upload {
	const id = (target.kind === 'VERSION' ? target.waiting : null) ?? newId();
	return {
		id,
		documentId: target.kind === 'VERSION' ? target.documentId : id,
		target,
		file,
		name: documentNameOf(file.name),
		mimeType: mediaTypeOf(file.type),
		state: 'WAITING',
		sent: 0,
		error: null,
	};
}
