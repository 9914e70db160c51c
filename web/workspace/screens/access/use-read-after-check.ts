import { useEffect, useState } from 'react';
import { useLog } from '../../log/use-log.ts';

/** Reads a list again once the log is verified. Returns the size of the log for which that is done: what was read before may be older. */
export function useReadAfterCheck(refetch: () => Promise<unknown>): number {
	const { view } = useLog();
	const [readFor, setReadFor] = useState(0);
	const size = view.phase === 'RIGHT' ? (view.summary?.entries?.size ?? 0) : 0;
	useEffect(() => {
		if (size === 0) return;
		let isOver = false;
		void refetch().then(
			() => !isOver && setReadFor(size),
			// The list shows its own error.
			() => {},
		);
		return () => {
			isOver = true;
		};
	}, [size, refetch]);
	return readFor;
}
