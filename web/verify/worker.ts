import { listEntries } from './list-entries.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { verifyFiles } from './verify-files.ts';

/** Verifies beside the page, so that the page can always be used. It reads files and messages, and nothing else. */
const post = (message: FromWorker) => self.postMessage(message);
const onProgress = (bytes: number) => post({ kind: 'PROGRESS', bytes });

async function answer(data: ToWorker): Promise<void> {
	try {
		if (data.kind === 'VERIFY') post({ kind: 'VERDICT', verdict: await verifyFiles(data.request, onProgress) });
		else post({ kind: 'ENTRIES', page: await listEntries(data.request, data.filter, data.from, onProgress) });
	} catch (error) {
		// Only the kind of error: its message could have text of a file.
		post({ kind: 'FAILED', name: error instanceof Error ? error.name : 'unknown' });
	}
}

self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => void answer(data));
