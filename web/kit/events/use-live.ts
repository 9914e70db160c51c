import { useEffect, useRef } from 'react';
import { useEvents } from '../kit-context.ts';
import { useLatest } from '../use-latest.ts';
import type { FirmsealEvent } from './event-feed.ts';

/** Milliseconds: one change often gives several events. */
const SETTLE = 200;

/**
 * Reads again what is shown when something of these kinds has changed, such as LEASE. `kinds` must be the same array in each render. With `id`,
 * events about other objects are ignored.
 */
export function useLive(kinds: readonly string[], refetch: () => Promise<unknown>, id?: string): void {
	const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
	const onEvent = useLatest((event: FirmsealEvent) => {
		if (id !== undefined && event.id !== undefined && event.id !== id) return;
		clearTimeout(timer.current);
		// The query that is read again shows its failure.
		timer.current = setTimeout(() => void refetch().catch(() => {}), SETTLE);
	});
	useEffect(() => () => clearTimeout(timer.current), []);
	useEvents(kinds, onEvent);
}
