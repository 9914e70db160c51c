/** What the whole page tells its person about the connection. */
export type ConnectionStatus =
	| { readonly kind: 'OK' }
	| { readonly kind: 'OFFLINE' }
	| { readonly kind: 'WAITING'; readonly code: string; readonly seconds: number };

let status: ConnectionStatus = { kind: 'OK' };
const listeners = new Set<() => void>();

export function setConnectionStatus(next: ConnectionStatus): void {
	if (next.kind === 'OK' && status.kind === 'OK') return;
	status = next;
	for (const listener of listeners) listener();
}

/** For useSyncExternalStore(). */
export const connectionStatus = {
	get: (): ConnectionStatus => status,
	subscribe(listener: () => void): () => void {
		listeners.add(listener);
		return () => listeners.delete(listener);
	},
};
