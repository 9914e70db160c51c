import { useCallback, useState } from 'react';

/** What a person has ticked, by key. */
export interface Selection {
	readonly keys: ReadonlySet<string>;
	readonly toggle: (key: string) => void;
	/** Ticks all of these, or none. */
	readonly set: (keys: readonly string[]) => void;
}

export function useSelection(): Selection {
	const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
	const toggle = useCallback(
		(key: string) =>
			setKeys((now) => {
				const next = new Set(now);
				if (!next.delete(key)) next.add(key);
				return next;
			}),
		[],
	);
	const set = useCallback((next: readonly string[]) => setKeys(new Set(next)), []);
	return { keys, toggle, set };
}
