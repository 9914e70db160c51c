import { useSyncExternalStore } from 'react';
import { connectionStatus } from '../../kit/api/status.ts';

/** Without the server no one can say whether the lease still holds. */
export const useIsOffline = (): boolean => useSyncExternalStore(subscribe, isOffline);

const isOffline = (): boolean => !navigator.onLine || connectionStatus.get().kind === 'OFFLINE';

function subscribe(listener: () => void): () => void {
	const stop = connectionStatus.subscribe(listener);
	addEventListener('offline', listener);
	addEventListener('online', listener);
	return () => {
		stop();
		removeEventListener('offline', listener);
		removeEventListener('online', listener);
	};
}
