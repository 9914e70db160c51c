import { useSyncExternalStore } from 'react';

/**
 * The secret of an invitation, from the address `/#invitation=SECRET` until it is accepted. Anyone who has it can join instead of the person,
 * so it leaves the address bar, and with it the browser's history, before anything else runs. While the person is at the sign-in
 * service, this tab's storage has it; while this page is open, only its memory.
 */
const LINK = /^#invitation=(.*)$/s;
const NAME = 'firmseal:invitation';

let pending: string | null = null;
const listeners = new Set<() => void>();

/** Call it before anything reads the address. */
export function watchInvitations(): void {
	takeKept();
	takeFromAddress();
	// The router listens too, and later: it never sees the secret.
	addEventListener('hashchange', takeFromAddress);
	addEventListener('pagehide', keep);
	addEventListener('pageshow', takeKept);
}

/** The invitation was accepted, or the person does not want it. */
export const forgetInvitation = (): void => set(null);

/** The secret that waits for the person; null if none does. */
export const usePendingInvitation = (): string | null => useSyncExternalStore(subscribe, () => pending);

function takeFromAddress(): void {
	const secret = LINK.exec(location.hash)?.[1];
	if (secret === undefined) return;
	history.replaceState(null, '', location.pathname + location.search);
	set(secret);
}

/** The person leaves for the sign-in service, or reloads the page. */
function keep(): void {
	if (pending !== null) sessionStorage.setItem(NAME, pending);
}

function takeKept(): void {
	const kept = sessionStorage.getItem(NAME);
	sessionStorage.removeItem(NAME);
	if (kept !== null) set(kept);
}

function set(secret: string | null): void {
	pending = secret;
	for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
	listeners.add(listener);
	return () => listeners.delete(listener);
}
