import { useRef } from 'react';
import { useEvents } from '../kit-context.ts';
import { useLatest } from '../use-latest.ts';

const RECORD = ['RECORD'];

/**
 * Calls `refresh` when an object of one of these types may have changed, such as Note. Events that arrive while it runs cause one more run,
 * however many they are.
 */
export function useRecordEvents(types: readonly string[], refresh: (id: string | undefined) => Promise<unknown>): void {
	const state = useRef({ isRunning: false, isDue: false });
	const run = useLatest(async (id: string | undefined) => {
		const { current } = state;
		current.isDue = current.isRunning;
		if (current.isRunning) return;
		current.isRunning = true;
		try {
			await refresh(id);
			while (current.isDue) {
				current.isDue = false;
				await refresh(undefined);
			}
		} finally {
			current.isRunning = false;
		}
	});
	const onEvent = useLatest(({ type, id }: { readonly type?: string; readonly id?: string }) => {
		if (type === undefined || types.includes(type)) void run(id).catch(() => {});
	});
	useEvents(RECORD, onEvent);
}
