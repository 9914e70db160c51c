import { keepAttempt, takeAttempt } from './attempt-store.ts';
import { beginAttempt, completeAttempt, type Provider, refresh, type Tokens } from './provider.ts';
import { signInByWindow } from './window-sign-in.ts';

/** Why the person must sign in again before a request goes on: the token has ended, or the API asks for a fresh sign-in. */
export type SignInNeed = { readonly why: 'ENDED' } | { readonly why: 'FRESH'; readonly maxAge: number };

/** Milliseconds before the end of a token at which a new one is fetched. */
const EARLY = 30_000;
/** Milliseconds after a sign-in. */
const NEW = 30_000;

/** Seconds by which the sign-in must be newer than the API demands, because the request arrives later. */
const FRESH_MARGIN = 60;

/** A person's sign-in. Its tokens are in the memory of this page and nowhere else. */
export class Session {
	readonly #provider: Provider;
	#tokens: Tokens;
	#since = Date.now();
	#refreshing: Promise<void> | null = null;
	#waiting: { readonly need: SignInNeed; readonly again: PromiseWithResolvers<void> } | null = null;
	#isOver = false;
	#mustAsk = false;
	readonly #listeners = new Set<() => void>();

	constructor(provider: Provider, tokens: Tokens) {
		this.#provider = provider;
		this.#tokens = tokens;
	}

	/** What the person is asked to do; null if nothing. For useSyncExternalStore(). */
	readonly need = (): SignInNeed | null => this.#waiting?.need ?? null;

	/** Whether the person has signed out everywhere. For useSyncExternalStore(). */
	readonly isOver = (): boolean => this.#isOver;

	readonly subscribe = (listener: () => void): (() => void) => {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	};

	/** A valid access token. Waits while the person signs in again. @throws Error if the person does not */
	async accessToken(): Promise<string> {
		if (this.#isOver) throw new Error('You are signed out.');
		const { expiresAt } = this.#tokens;
		if (expiresAt !== null && Date.now() > expiresAt - EARLY) await this.#renew();
		return this.#tokens.accessToken;
	}

	/** How the provider names the account that has signed in: by its address, or else by its subject. */
	get account(): string {
		return this.#tokens.hint ?? this.#tokens.subject;
	}

	/** Whether the person has just signed in, so that a refused token would be refused again. */
	get isNew(): boolean {
		return Date.now() - this.#since < NEW;
	}

	/** Asks the person to sign in again. Requests that need the same wait together. @throws Error if the person cancels */
	signInAgain(need: SignInNeed): Promise<void> {
		if (this.#waiting === null || (need.why === 'FRESH' && this.#waiting.need.why !== 'FRESH')) {
			const again = this.#waiting?.again ?? Promise.withResolvers<void>();
			this.#waiting = { need, again };
			this.#tell();
		}
		return this.#waiting.again.promise;
	}

	/** The person has clicked: opens the window. @throws Error with a sentence for the person; the need then remains */
	async answerByWindow(signal: AbortSignal): Promise<void> {
		const waiting = this.#waiting;
		if (waiting === null) return;
		const maxAge = waiting.need.why === 'FRESH' ? Math.max(0, waiting.need.maxAge - FRESH_MARGIN) : null;
		const asked = { maxAge, hint: this.#tokens.hint, mustAsk: this.#mustAsk };
		const tokens = await signInByWindow(Promise.resolve(this.#provider), asked, signal);
		// What is on this page is not theirs. Without being asked for a person, the provider would answer with the same one again.
		this.#mustAsk = tokens.subject !== this.#tokens.subject;
		if (this.#mustAsk)
			throw new Error(`Another person has signed in, so nothing was sent or saved. Sign in as ${this.account}.`);
		// Cancelled meanwhile, or the sessions have ended.
		if (this.#waiting?.again !== waiting.again) return;
		this.#tokens = tokens;
		this.#since = Date.now();
		this.#settle();
		waiting.again.resolve();
	}

	/** The person does not want to: what waits fails. */
	cancel(): void {
		const waiting = this.#waiting;
		this.#settle();
		waiting?.again.reject(new Error('You did not sign in again, so this was not done.'));
	}

	/** The person has signed out everywhere, on another page or device: nothing is sent any more, and nothing of the page may stay. */
	end(): void {
		if (this.#isOver) return;
		this.#isOver = true;
		this.cancel();
		this.#tell();
	}

	/** Forgets the tokens and ends the session at the provider, which leads back to `path`. */
	signOut(path: string): void {
		const { end_session_endpoint: end } = this.#provider.server;
		const back = new URL(path, location.origin);
		const { idToken } = this.#tokens;
		const address = end ? new URL(end) : new URL('?signed-out', back);
		if (end) {
			address.searchParams.set('client_id', this.#provider.client.client_id);
			address.searchParams.set('post_logout_redirect_uri', back.href);
			if (idToken !== null) address.searchParams.set('id_token_hint', idToken);
		}
		location.replace(address);
	}

	async #renew(): Promise<void> {
		if (this.#tokens.refreshToken === null) {
			// Without a way to renew, the token is used until its end.
			if (Date.now() > (this.#tokens.expiresAt ?? Number.POSITIVE_INFINITY)) await this.signInAgain({ why: 'ENDED' });
			return;
		}
		this.#refreshing ??= refresh(this.#provider, this.#tokens)
			.then((tokens) => {
				this.#tokens = tokens;
			})
			.catch((error: unknown) => {
				// Without a connection there is no one to sign in with: the token is used until its end.
				if (!(error instanceof TypeError)) return this.signInAgain({ why: 'ENDED' });
				if (Date.now() > (this.#tokens.expiresAt ?? Number.POSITIVE_INFINITY)) throw error;
			})
			.finally(() => {
				this.#refreshing = null;
			});
		await this.#refreshing;
	}

	#settle(): void {
		this.#waiting = null;
		this.#tell();
	}

	#tell(): void {
		for (const listener of this.#listeners) listener();
	}
}

/**
 * The session of this page load: completes a sign-in that has come back to this page, or leaves for the provider. Null while it leaves.
 * `path` is the page's own, such as /operator: the provider knows it as a redirect URI.
 * @throws Error with a sentence if the sign-in failed
 */
export async function openSession(provider: Provider, path: string): Promise<Session | null> {
	const answer = new URLSearchParams(location.search);
	const attempt = answer.has('state') ? takeAttempt() : null;
	if (answer.has('state')) history.replaceState(null, '', path + (attempt?.returnTo ?? location.hash));
	if (attempt) return new Session(provider, await completeAttempt(provider, attempt, answer));
	await leaveToSignIn(provider, path);
	return null;
}

/** Leaves this page for the provider. */
export async function leaveToSignIn(provider: Provider, path: string): Promise<void> {
	const redirectUri = new URL(path, location.origin).href;
	const { attempt, address } = await beginAttempt(provider, { redirectUri, returnTo: location.hash });
	keepAttempt(attempt);
	location.replace(address);
}
