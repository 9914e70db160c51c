import { useState } from 'react';

const kept = new Map<string, unknown>();

/** Like useState(), and outlives its component until the page is closed: for a person who comes back to a list from one of its rows. */
export function useKept<Value>(name: string, initial: Value): readonly [Value, (value: Value) => void] {
	const [value, setValue] = useState<Value>(() => (kept.has(name) ? (kept.get(name) as Value) : initial));
	const keep = (next: Value) => {
		kept.set(name, next);
		setValue(next);
	};
	return [value, keep];
}
