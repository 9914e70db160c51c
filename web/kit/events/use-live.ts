import { useEffect, useRef } from 'react';
import { useEvents } from '../kit-context.ts';
import { useLatest } from '../use-latest.ts';

/** Milliseconds: one change often gives several events. */
const SETTLE = 200;

/** Reads again what is shown when something of these kinds has changed, such as LEASE. `kinds` must be the same array in each render. */
export function useLive(kinds: readonly string[], refetch: () => Promise<unknown>): void {
	const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
	const onEvent = useLatest(() => {
		clearTimeout(timer.current);
		// A failure is told by the query that is read again.
		timer.current = setTimeout(() => void refetch().catch(() => {}), SETTLE);
	});
	useEffect(() => () => clearTimeout(timer.current), []);
	useEvents(kinds, onEvent);
}
