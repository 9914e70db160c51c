import { createContext, useContext, useEffect } from 'react';
import type { ApiFetch } from './api/index.ts';
import type { EventFeed, FirmsealEvent } from './events/event-feed.ts';

/** What every screen may use besides Apollo Client. */
export interface Kit {
	/** For the file routes. */
	readonly apiFetch: ApiFetch;
	/** Origin of the API, without a slash at the end; empty for the origin of the page. */
	readonly api: string;
	readonly events: EventFeed;
	/** How the issuer names the account that has signed in. It need not belong to a firm or to the platform. */
	readonly account: string;
	readonly signOut: () => void;
}

export const KitContext = createContext<Kit | null>(null);

/** @throws Error outside of startApp() */
export function useKit(): Kit {
	const kit = useContext(KitContext);
	if (kit === null) throw new Error('useKit() needs startApp().');
	return kit;
}

/** Calls `onEvent` for each event of one of these kinds, and whenever events may have been missed. */
export function useEvents(kinds: readonly string[], onEvent: (event: FirmsealEvent) => void): void {
	const { events } = useKit();
	useEffect(
		() =>
			events.subscribe((event) => {
				if (event.kind === 'resync' || kinds.includes(event.kind)) onEvent(event);
			}),
		[events, kinds, onEvent],
	);
}
