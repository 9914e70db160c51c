import { type ApiFetch, refusalOf } from '../../kit/api/index.ts';
import { saveFile } from '../../kit/save-file.ts';

interface Download {
	/** Such as /documents/ID/content. */
	readonly path: string;
	/** The file's name. */
	readonly name: string;
	readonly lease: string;
	readonly signal: AbortSignal;
}

/** Milliseconds that a browser may need to take over the bytes. */
const UNTIL_TAKEN = 1000;

/**
 * Saves a file that opens only under the lease. The page itself never opens it. Its bytes leave the memory once the browser has them.
 * @throws ServerError with the API's answer, if it refuses
 */
export async function downloadUnder(apiFetch: ApiFetch, { path, name, lease, signal }: Download): Promise<void> {
	// Never repeated automatically: each attempt is an opening.
	const response = await apiFetch(path, { signal, headers: { 'x-firmseal-lease': lease } });
	if (!response.ok) throw await refusalOf(response);
	const bytes = new Blob([await response.arrayBuffer()], { type: 'application/octet-stream' });
	signal.throwIfAborted();
	saveFile(bytes, name, UNTIL_TAKEN);
}
