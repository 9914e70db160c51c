const FORMATS = {
	minute: new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }),
	day: new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }),
	second: new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' }),
} as const;

/** A moment of today, to the second. `at`: milliseconds since 1970. */
export const showMoment = (at: number): string => new Date(at).toLocaleTimeString(undefined, { timeStyle: 'medium' });

interface TimeProps {
	/** RFC 3339, as the API answers it. */
	readonly at: string;
	readonly show?: keyof typeof FORMATS;
}

/** A moment in the reader's time zone; with the pointer on it, in UTC. */
export function Time({ at, show = 'minute' }: TimeProps) {
	const date = new Date(at);
	return (
		<time
			dateTime={at}
			title={`${date
				.toISOString()
				.replace('T', ' ')
				.replace(/\.\d+Z$/, '')} UTC`}
		>
			{FORMATS[show].format(date)}
		</time>
	);
}
