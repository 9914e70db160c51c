import { type AttemptOptions, beginAttempt, completeAttempt, type Provider, type Tokens } from './provider.ts';

/** The page in which such a sign-in ends: it sends its own address here. */
const SIGNED_IN_PATH = '/assets/signed-in.html';
/** Between windows of this origin alone. */
export const CHANNEL = 'firmseal-sign-in';

/**
 * A sign-in in a window of its own, so that nothing on this page is lost. Call it right after a click, or the browser blocks the window.
 * @throws Error if the window is blocked, the sign-in fails, or `signal` aborts it
 */
export async function signInByWindow(
	provider: Promise<Provider>,
	{ maxAge, hint, mustAsk }: Pick<Required<AttemptOptions>, 'maxAge' | 'hint' | 'mustAsk'>,
	signal: AbortSignal,
): Promise<Tokens> {
	// Opened before the first await: later it would no longer belong to the click.
	const opened = window.open('', '_blank', 'popup,width=520,height=720');
	if (!opened) throw new Error('The browser blocked the window for signing in: allow it, and try again.');
	try {
		const ready = await provider;
		const redirectUri = new URL(SIGNED_IN_PATH, location.origin).href;
		const { attempt, address } = await beginAttempt(ready, { redirectUri, maxAge, hint, mustAsk });
		const answered = answerOf(attempt.state, signal);
		opened.location.replace(address.href);
		return await completeAttempt(ready, attempt, await answered);
	} finally {
		opened.close();
	}
}

/** The answer to the attempt with this state. Other windows of this origin may sign in at the same time. */
function answerOf(state: string, signal: AbortSignal): Promise<URLSearchParams> {
	const channel = new BroadcastChannel(CHANNEL);
	return new Promise<URLSearchParams>((resolve, reject) => {
		channel.addEventListener('message', ({ data }) => {
			const answer = new URLSearchParams(String(data));
			if (answer.get('state') === state) resolve(answer);
		});
		signal.addEventListener('abort', () => reject(new Error('The sign-in was cancelled.')), { once: true });
	}).finally(() => channel.close());
}
