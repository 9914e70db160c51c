/** The moment at which a day begins for the reader, of a value of <input type="date">; null if it is empty. */
export const startOfDay = (day: string): string | null => moment(day, 0);

/** The moment at which the day after begins, for a filter that means the whole day. */
export const endOfDay = (day: string): string | null => moment(day, 1);

function moment(day: string, plusDays: number): string | null {
	const date = new Date(`${day}T00:00:00`);
	if (Number.isNaN(date.getTime())) return null;
	date.setDate(date.getDate() + plusDays);
	return date.toISOString();
}
