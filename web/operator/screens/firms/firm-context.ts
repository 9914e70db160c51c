import { createContext, useContext } from 'react';
import type { FirmQuery } from '../../../kit/api/operator.generated.ts';
import type { ListView } from './list-view.ts';

export type FirmSeen = NonNullable<FirmQuery['firm']>;

/** What the views of one firm share. */
export interface FirmContextValue {
	readonly firm: FirmSeen;
	readonly moreMembers: (() => void) | null;
	/** How each list is ordered and filtered: kept while the person goes from a list to a record and back. */
	readonly views: ReadonlyMap<string, ListView>;
	readonly setView: (tab: string, view: ListView) => void;
}

export const FirmContext = createContext<FirmContextValue | null>(null);

/** @throws Error outside of a firm's views */
export function useFirm(): FirmContextValue {
	const value = useContext(FirmContext);
	if (value === null) throw new Error('useFirm() needs Firm.');
	return value;
}
