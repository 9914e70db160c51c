import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { isConflict, newId } from '../../../kit/api/index.ts';
import {
	CreateMessageDocument,
	CreateThreadDocument,
	ShareWithClientDocument,
	UpdateMessageDocument,
} from '../../../kit/api/workspace.generated.ts';
import type { MessageValues } from './message-form.tsx';

interface Beginning {
	readonly clientId: string | null;
	readonly isShared: boolean;
	readonly values: MessageValues;
}

interface StartThread {
	/** Creates the thread, writes its first message and shares it; returns its id. After a failure, it goes on where it stopped. */
	readonly start: (beginning: Beginning) => Promise<string>;
	/** Whether the thread exists, so that its client can no longer be changed. */
	readonly hasStarted: boolean;
}

/** The steps that start a thread. Sharing comes last: until all is written, no client sees a part. */
export function useStartThread(): StartThread {
	const [ids] = useState(() => ({ thread: newId(), message: newId() }));
	const [hasStarted, setStarted] = useState(false);
	const [createThread] = useMutation(CreateThreadDocument);
	const [createMessage] = useMutation(CreateMessageDocument);
	const [updateMessage] = useMutation(UpdateMessageDocument);
	const [share] = useMutation(ShareWithClientDocument);
	return {
		hasStarted,
		async start({ clientId, isShared, values }) {
			// The answer to the first attempt may be lost, so its client must stay what it is.
			setStarted(true);
			await createThread({ variables: { input: { id: ids.thread, clientId } } });
			try {
				await createMessage({ variables: { input: { id: ids.message, threadId: ids.thread, ...values } } });
			} catch (error) {
				if (!isConflict(error)) throw error;
				// An attempt whose answer was lost had arrived with what was typed then.
				await updateMessage({ variables: { input: { id: ids.message, expectedRevision: 1, ...values } } });
			}
			if (isShared && clientId) await share({ variables: { input: { clientId, subject: { threadId: ids.thread } } } });
			return ids.thread;
		},
	};
}
