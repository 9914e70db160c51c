const FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** What a record is called whose own name is content: such as Note of 1 Dec 2026, 09:00. */
export const nameByTime = (what: string, at: string): string => `${what} ${FORMAT.format(new Date(at))}`;
