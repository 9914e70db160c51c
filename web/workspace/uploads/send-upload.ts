import type { Upload } from './upload.ts';

/** What is known of the object that an upload makes. */
export interface Made {
	/** Bytes of its file; null if it has none. */
	readonly byteSize: number | null;
}

/** The steps of an upload, as the API has them. */
export interface UploadSteps {
	/** The document or version; null if it has not been made yet. */
	readonly find: (upload: Upload) => Promise<Made | null>;
	/** Makes it, without a file. */
	readonly create: (upload: Upload) => Promise<void>;
	/** Whether the file is still the one that was chosen, and can be read. */
	readonly isReadable: (upload: Upload) => Promise<boolean>;
	/** Sends the file. @throws TypeError if no answer came; another error for a refusal */
	readonly send: (upload: Upload, signal: AbortSignal, onProgress: (sent: number) => void) => Promise<void>;
}

/**
 * Uploads a file, or continues an upload whose outcome is unknown: what is made is not made again, and a file that has arrived is not sent
 * again. After a lost connection it tries once more. That also tells why, if the server has cut an upload that it refuses. A browser
 * gives the same error for a file that has changed on the disk.
 */
export async function sendUpload(
	steps: UploadSteps,
	upload: Upload,
	{ isRepeated, signal, onProgress }: SendOptions,
): Promise<void> {
	let mayBeMade = isRepeated;
	for (let attempt = 1; ; attempt++) {
		const made = mayBeMade ? await steps.find(upload) : null;
		signal.throwIfAborted();
		if (made !== null && made.byteSize !== null) {
			if (made.byteSize === upload.file.size) return;
			throw new Error('This upload has ended with another file: look at the document.');
		}
		mayBeMade = true;
		if (made === null) await steps.create(upload);
		signal.throwIfAborted();
		try {
			return await steps.send(upload, signal, onProgress);
		} catch (error) {
			if (!(error instanceof TypeError)) throw error;
			if (!(await steps.isReadable(upload))) throw new Error(CHANGED, { cause: error });
			if (attempt > 1) throw error;
		}
	}
}

const CHANGED = 'The file has changed or gone since you chose it, so it was not uploaded: choose it again.';

interface SendOptions {
	/** Whether it has been tried before. */
	readonly isRepeated: boolean;
	readonly signal: AbortSignal;
	readonly onProgress: (sent: number) => void;
}
