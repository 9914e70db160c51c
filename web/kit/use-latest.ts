import { useCallback, useLayoutEffect, useRef } from 'react';

/** A function that stays the same from one rendering to the next, and calls the newest version of `act`. */
export function useLatest<Arguments extends unknown[], Result>(
	act: (...given: Arguments) => Result,
): (...given: Arguments) => Result {
	const latest = useRef(act);
	useLayoutEffect(() => {
		latest.current = act;
	});
	return useCallback((...given: Arguments) => latest.current(...given), []);
}
