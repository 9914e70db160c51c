import type { Session } from '../sign-in/index.ts';
import { IS_DONE, IS_SIGNED_OUT, secondsOf } from './errors.ts';
import { sendWithProgress } from './send-with-progress.ts';
import { reportConnection, reportWait } from './status.ts';

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
/** Seconds between two attempts while there is no connection. */
const LONGEST_SILENCE = 10;

/**
 * The only way from these pages to the API: adds the token, asks the person to sign in again when it has ended, and repeats what is safe to
 * repeat: reads, and requests that were refused before anything was done (429).
 */
export function createApiFetch(base: string, session: Session): ApiFetch {
	return async (path, { isRead = false, onProgress, ...request } = {}) => {
		for (let attempt = 1; ; attempt++) {
			const response = await sendOnce(
				async () => {
					const headers = new Headers(request.headers);
					headers.set('authorization', `Bearer ${await session.accessToken()}`);
					const sent = { ...request, headers };
					if (onProgress) return sendWithProgress(base + path, sent, onProgress);
					return fetch(base + path, { ...sent, credentials: 'omit', referrerPolicy: 'no-referrer' });
				},
				request.signal ?? null,
				isRead && attempt < MOST_ATTEMPTS,
			);
			const pause = response === null ? Math.min(2 ** attempt, LONGEST_SILENCE) : await pauseBefore(response, isRead);
			if (response?.status === 401) {
				const isOver = IS_SIGNED_OUT.test(await response.clone().text());
				if (isOver) session.end();
				if (isOver || session.isNew || attempt === MOST_ATTEMPTS) return response;
				await session.signInAgain({ why: 'ENDED' });
			} else if (response !== null && (pause === null || attempt === MOST_ATTEMPTS)) {
				return response;
			} else await waitFor(response, pause ?? 1, request.signal ?? null);
		}
	};
}

/** Null if there was no answer and the request may be sent again. */
async function sendOnce(
	send: () => Promise<Response>,
	signal: AbortSignal | null,
	mayRepeat: boolean,
): Promise<Response | null> {
	try {
		const response = await send();
		reportConnection(true);
		return response;
	} catch (error) {
		// Anything but a TypeError is the person's own decision, such as not to sign in again.
		if (signal?.aborted || !(error instanceof TypeError)) throw error;
		reportConnection(false);
		if (!mayRepeat) throw error;
		return null;
	}
}

/** Seconds to wait before the request is sent again; null if it is not. */
async function pauseBefore(response: Response, isRead: boolean): Promise<number | null> {
	const isRefused = response.status === 429 || (response.status === 503 && isRead);
	const seconds = isRefused ? secondsOf(response) : null;
	if (seconds === null || seconds > LONGEST_PAUSE) return null;
	// The change is made, and only its answer was refused.
	if (!isRead && IS_DONE.test(await response.clone().text())) return null;
	return seconds;
}

async function waitFor(response: Response | null, seconds: number, signal: AbortSignal | null): Promise<void> {
	const endWait = response === null ? null : reportWait(String(response.status), Date.now() + seconds * 1000);
	await response?.body?.cancel();
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
	}).finally(endWait);
}
