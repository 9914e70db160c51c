import { useCallback } from 'react';
import { useEvents } from '../kit/kit-context.ts';

const KINDS = ['RECORD'] as const;

/** Calls `onChange` when an object of this type changes, such as Document; with `id`, only for that object. */
export function useRecordEvents(type: string, onChange: () => unknown, id?: string): void {
	const onEvent = useCallback(
		(event: { readonly kind: string; readonly type?: string; readonly id?: string }) => {
			if (event.kind === 'resync' || (event.type === type && (id === undefined || event.id === id))) void onChange();
		},
		[type, id, onChange],
	);
	useEvents(KINDS, onEvent);
}
