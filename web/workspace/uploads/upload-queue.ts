import { sendUpload, type UploadSteps } from './send-upload.ts';
import type { Upload } from './upload.ts';

/** Below what the API takes at once from one account, so that other pages of the person have room. */
const AT_ONCE = 2;

/** The uploads of this page. They go on while the person looks at other screens. */
export class UploadQueue {
	readonly #steps: UploadSteps;
	readonly #onDone: (upload: Upload) => void;
	readonly #listeners = new Set<() => void>();
	readonly #running = new Map<string, AbortController>();
	readonly #tried = new Set<string>();
	#uploads: readonly Upload[] = [];

	constructor(steps: UploadSteps, onDone: (upload: Upload) => void) {
		this.#steps = steps;
		this.#onDone = onDone;
	}

	/** For useSyncExternalStore(). */
	readonly uploads = (): readonly Upload[] => this.#uploads;

	readonly subscribe = (listener: () => void): (() => void) => {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	};

	add(uploads: readonly Upload[]): void {
		this.#set([...this.#uploads, ...uploads]);
		this.#startNext();
	}

	cancel(id: string): void {
		this.#change(id, { state: 'CANCELLED' });
		this.#running.get(id)?.abort();
		this.#startNext();
	}

	/** Continues an upload that failed or was cancelled; with `latest`, as the version after that one. */
	retry(id: string, latest?: string | null): void {
		const upload = this.#uploads.find((each) => each.id === id);
		if (upload?.target.kind === 'VERSION' && latest !== undefined)
			this.#change(id, { target: { ...upload.target, latest } });
		this.#change(id, { state: 'WAITING', error: null, sent: 0 });
		this.#startNext();
	}

	/** Takes what has ended from the list. */
	clear(ids: readonly string[]): void {
		this.#set(this.#uploads.filter(({ id, state }) => !ids.includes(id) || state === 'WAITING' || state === 'SENDING'));
	}

	/** A document takes one file at a time. */
	#startNext(): void {
		while (this.#running.size < AT_ONCE) {
			const busy = this.#uploads.filter(({ id }) => this.#running.has(id)).map(({ documentId }) => documentId);
			const next = this.#uploads.find(
				({ id, state, documentId }) => state === 'WAITING' && !busy.includes(documentId) && !this.#running.has(id),
			);
			if (!next) return;
			void this.#run(next);
		}
	}

	async #run(upload: Upload): Promise<void> {
		const { id } = upload;
		const stopping = new AbortController();
		this.#running.set(id, stopping);
		this.#change(id, { state: 'SENDING' });
		const isRepeated = this.#tried.has(id);
		this.#tried.add(id);
		try {
			const onProgress = (sent: number) => this.#change(id, { sent });
			await sendUpload(this.#steps, upload, { isRepeated, signal: stopping.signal, onProgress });
			this.#change(id, { state: 'DONE', sent: upload.file.size });
			this.#onDone(upload);
		} catch (error) {
			if (!stopping.signal.aborted) this.#change(id, { state: 'FAILED', error });
		} finally {
			this.#running.delete(id);
			this.#startNext();
		}
	}

	#change(id: string, change: Partial<Upload>): void {
		this.#set(this.#uploads.map((upload) => (upload.id === id ? { ...upload, ...change } : upload)));
	}

	#set(uploads: readonly Upload[]): void {
		const wasRunning = isAnyRunning(this.#uploads);
		this.#uploads = uploads;
		const isRunning = isAnyRunning(uploads);
		if (isRunning && !wasRunning) addEventListener('beforeunload', keepPage);
		if (!isRunning && wasRunning) removeEventListener('beforeunload', keepPage);
		for (const listener of this.#listeners) listener();
	}
}

const isAnyRunning = (uploads: readonly Upload[]): boolean =>
	uploads.some(({ state }) => state === 'WAITING' || state === 'SENDING');

/** The browser asks, in its own words, before a page with running uploads is closed. */
const keepPage = (event: Event): void => event.preventDefault();
