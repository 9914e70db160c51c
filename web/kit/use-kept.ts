import { useState } from 'react';

const kept = new Map<string, unknown>();

/** State that outlives its component until the page is closed: such as the order of a list, for a person who comes back from one of its rows. */
export function useKept<Value>(name: string, initial: Value): [Value, (value: Value) => void] {
	const [value, setValue] = useState<Value>(() => (kept.has(name) ? (kept.get(name) as Value) : initial));
	return [
		value,
		(next) => {
			kept.set(name, next);
			setValue(next);
		},
	];
}
