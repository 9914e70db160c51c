import type { Session } from '../sign-in/index.ts';
import { secondsOf } from './errors.ts';
import { sendWithProgress } from './send-with-progress.ts';
import { setConnectionStatus } from './status.ts';

export interface ApiRequest extends RequestInit {
	/** Whether the request changes nothing, so that it may be sent again when its answer was lost. */
	readonly isRead?: boolean;
	/** Told how many bytes of the body have been sent, from 0 again when it is sent again. */
	readonly onProgress?: (sent: number) => void;
}

/** Sends one request to the API as the person of the session. `path` begins with a slash, or is an address of the API. */
export type ApiFetch = (path: string, request?: ApiRequest) => Promise<Response>;

const MOST_ATTEMPTS = 6;
/** Seconds. A server that asks for a longer pause gets its request when the person asks again. */
const LONGEST_PAUSE = 60;

/**
 * The only way from these pages to the API: adds the token, asks the person to sign in again when it has ended, and repeats what may be
 * repeated: reads, and whatever was refused before anything was done (429).
 */
export function createApiFetch(base: string, session: Session): ApiFetch {
	return async (path, { isRead = false, onProgress, ...request } = {}) => {
		for (let attempt = 1; ; attempt++) {
			const headers = new Headers(request.headers);
			headers.set('authorization', `Bearer ${await session.accessToken()}`);
			const response = await sendOnce(
				base + path,
				{ ...request, headers, ...(onProgress && { onProgress }) },
				isRead && attempt < MOST_ATTEMPTS,
			);
			const pause = response === null ? 2 ** attempt : pauseBefore(response, isRead);
			if (response?.status === 401 && !session.isNew && attempt < MOST_ATTEMPTS) {
				await response.body?.cancel();
				await session.signInAgain({ why: 'ENDED' });
			} else if (response !== null && (pause === null || attempt === MOST_ATTEMPTS)) {
				setConnectionStatus({ kind: 'OK' });
				return response;
			} else await waitFor(response, pause ?? 1, request.signal ?? null);
		}
	};
}

/** Null if there was no answer and the request may be sent again. */
async function sendOnce(
	address: string,
	{ onProgress, ...request }: Omit<ApiRequest, 'isRead'>,
	mayRepeat: boolean,
): Promise<Response | null> {
	try {
		if (onProgress) return await sendWithProgress(address, request, onProgress);
		return await fetch(address, { ...request, credentials: 'omit', referrerPolicy: 'no-referrer' });
	} catch (error) {
		if (request.signal?.aborted) throw error;
		setConnectionStatus({ kind: 'OFFLINE' });
		if (!mayRepeat) throw error;
		return null;
	}
}

/** Seconds to wait before the request is sent again; null if it is not. */
function pauseBefore(response: Response, isRead: boolean): number | null {
	const isRefused = response.status === 429 || (response.status === 503 && isRead);
	const seconds = isRefused ? secondsOf(response) : null;
	return seconds !== null && seconds <= LONGEST_PAUSE ? seconds : null;
}

async function waitFor(response: Response | null, seconds: number, signal: AbortSignal | null): Promise<void> {
	if (response !== null) {
		setConnectionStatus({ kind: 'WAITING', code: String(response.status), seconds });
		await response.body?.cancel();
	}
	await new Promise<void>((resolve, reject) => {
		const end = () => {
			clearTimeout(timer);
			removeEventListener('online', end);
			resolve();
		};
		const timer = setTimeout(end, seconds * 1000);
		if (response === null) addEventListener('online', end);
		signal?.addEventListener('abort', () => reject(new DOMException('The request was given up.', 'AbortError')), {
			once: true,
		});
	});
}
