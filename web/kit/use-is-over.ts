import { useEffect, useState } from 'react';

/** Milliseconds of the longest timer that browsers keep. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Whether this moment is over. True at once when it comes, also after the computer has slept. */
export function useIsOver(at: string | null): boolean {
	const [overAt, setOverAt] = useState<string | null>(null);
	useEffect(() => {
		if (at === null) return;
		const check = () => {
			if (Date.now() >= Date.parse(at)) setOverAt(at);
		};
		check();
		const timer = setTimeout(check, Math.min(LONGEST_TIMER, Math.max(0, Date.parse(at) - Date.now())));
		document.addEventListener('visibilitychange', check);
		addEventListener('focus', check);
		return () => {
			clearTimeout(timer);
			document.removeEventListener('visibilitychange', check);
			removeEventListener('focus', check);
		};
	}, [at]);
	return at !== null && (overAt === at || Date.now() >= Date.parse(at));
}
