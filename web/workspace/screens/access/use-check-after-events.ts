import { useCallback, useEffect, useRef } from 'react';
import { useEvents } from '../../../kit/kit-context.ts';
import { useLog } from '../../log/use-log.ts';

const KINDS = ['LEASE'] as const;
/** Milliseconds after an event: until then the log has signed what it was about. */
const SIGNED_AFTER = 5_000;

/** Checks the log again soon after something has happened to a lease. */
export function useCheckAfterEvents(): void {
	const { log } = useLog();
	const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
	useEffect(() => () => clearTimeout(timer.current), []);
	const onEvent = useCallback(() => {
		clearTimeout(timer.current);
		timer.current = setTimeout(() => void log.check(), SIGNED_AFTER);
	}, [log]);
	useEvents(KINDS, onEvent);
}
