import { useEffect, useState } from 'react';

const FORMAT = new Intl.RelativeTimeFormat('en', { numeric: 'always' });
const UNITS = [
	['day', 86_400],
	['hour', 3_600],
	['minute', 60],
	['second', 1],
] as const;

/** Such as 4 minutes ago. A moment that is still to come, by a clock that is wrong, is just now. */
function agoInWords(milliseconds: number): string {
	const seconds = Math.floor(milliseconds / 1000);
	const [unit, length] = UNITS.find(([, each]) => seconds >= each) ?? [];
	return unit && length ? FORMAT.format(-Math.floor(seconds / length), unit) : 'just now';
}

const EVERY = 10_000;

/** How long a moment is ago, by the clock of this computer. */
export function Ago({ at }: { readonly at: string | number }) {
	const [now, setNow] = useState(Date.now);
	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now()), EVERY);
		return () => clearInterval(timer);
	}, []);
	return <span>{agoInWords(Math.max(now, Date.now()) - new Date(at).getTime())}</span>;
}
