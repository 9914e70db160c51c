/** What the whole page tells its person about the connection. */
export type ConnectionStatus =
	| { readonly kind: 'OK' }
	| { readonly kind: 'OFFLINE' }
	/** `until`: milliseconds since 1970. */
	| { readonly kind: 'WAITING'; readonly code: string; readonly until: number };

type Waiting = Extract<ConnectionStatus, { readonly kind: 'WAITING' }>;

const OK: ConnectionStatus = { kind: 'OK' };
const OFFLINE: ConnectionStatus = { kind: 'OFFLINE' };

let isOffline = false;
/** Requests that wait because the server asked for it. An answer to another request does not end their wait. */
const waiting = new Set<Waiting>();
const listeners = new Set<() => void>();

function tell(): void {
	for (const listener of listeners) listener();
}

/** Call when bytes have come from the server, or when a request got no answer. */
export function reportConnection(isThere: boolean): void {
	if (isOffline === !isThere) return;
	isOffline = !isThere;
	tell();
}

/** Call when a request begins to wait. Returns what to call when it goes on. */
export function reportWait(code: string, until: number): () => void {
	const wait: Waiting = { kind: 'WAITING', code, until };
	waiting.add(wait);
	tell();
	return () => {
		waiting.delete(wait);
		tell();
	};
}

/** For useSyncExternalStore(). */
export const connectionStatus = {
	get: (): ConnectionStatus => (isOffline ? OFFLINE : ([...waiting].at(-1) ?? OK)),
	subscribe(listener: () => void): () => void {
		listeners.add(listener);
		return () => listeners.delete(listener);
	},
};
