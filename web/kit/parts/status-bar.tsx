import { useSyncExternalStore } from 'react';
import { connectionStatus } from '../api/status.ts';
import { showMoment } from '../text/time.tsx';

/** What the connection is doing, when it is not simply working. */
export function StatusBar() {
	const status = useSyncExternalStore(connectionStatus.subscribe, connectionStatus.get);
	return (
		<div role="status">
			{status.kind === 'OFFLINE' && (
				<p className="note warn">
					No connection to the server. It is tried again by itself; what you typed stays here.
				</p>
			)}
			{status.kind === 'WAITING' && (
				<p className="note warn">
					{status.code === '429' ? 'Too many requests at once' : 'The server is not ready'}: trying again at{' '}
					{showMoment(status.until)}. What you typed stays here.
				</p>
			)}
		</div>
	);
}
