import { useEffect, useState } from 'react';

/** Counts down to the end of a lease. A screen reader hears whole minutes, and the last one once more at half. */
export function Clock({ until }: { readonly until: string }) {
	const [now, setNow] = useState(Date.now);
	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now()), 1000);
		return () => clearInterval(timer);
	}, []);
	const seconds = Math.max(0, Math.ceil((Date.parse(until) - now) / 1000));
	return (
		<span className={seconds <= 60 ? 'clock soon' : 'clock'}>
			<span aria-hidden="true">
				{Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, '0')}
			</span>
			<span className="said" aria-live="polite">
				{said(seconds)}
			</span>
		</span>
	);
}

function said(seconds: number): string {
	if (seconds === 0) return 'The time of the lease is over';
	if (seconds <= 30) return 'Less than half a minute left';
	const minutes = Math.ceil(seconds / 60);
	return minutes === 1 ? '1 minute left' : `${minutes} minutes left`;
}
