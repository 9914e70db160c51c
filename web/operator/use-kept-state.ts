import { useState } from 'react';

/** What a screen was set to, for when its person comes back to it from one of its rows. It is gone when the page is closed. */
const kept = new Map<string, unknown>();

/** Like useState(), and keeps the value under a name of the whole page. */
export function useKeptState<Value>(name: string, initial: Value): readonly [Value, (value: Value) => void] {
	const [value, setValue] = useState(() => (kept.has(name) ? (kept.get(name) as Value) : initial));
	const keep = (next: Value) => {
		kept.set(name, next);
		setValue(next);
	};
	return [value, keep];
}
