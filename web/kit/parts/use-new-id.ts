import { useState } from 'react';
import { newId } from '../api/new-id.ts';

interface NewId {
	readonly id: string;
	/** The id before this one; null for the first. */
	readonly earlier: string | null;
	/** For `onConflict` of useSave, and after a save where the form stays. */
	readonly renew: () => Promise<void>;
}

/** The id of what a form creates: the same with each attempt, until one is refused because an attempt whose answer was lost had arrived. */
export function useNewId(): NewId {
	const [ids, setIds] = useState<Omit<NewId, 'renew'>>(() => ({ id: newId(), earlier: null }));
	return { ...ids, renew: async () => setIds({ id: newId(), earlier: ids.id }) };
}
