const two = (number: number): string => String(number).padStart(2, '0');

/** The day of a moment in the reader's zone, as <input type="date"> has it; empty for none. */
export function dayOf(at: string | null | undefined): string {
	if (!at) return '';
	const date = new Date(at);
	return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** A moment in the reader's zone, as <input type="datetime-local"> has it. */
export function minuteOf(at: string): string {
	const date = new Date(at);
	return `${dayOf(at)}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The first moment of a day in the reader's zone, or of the `later`th day after it. Null for no day, or a year that is not fully typed. */
export function startOfDay(day: string, later = 0): string | null {
	const [, year, month, date] = /^([1-9]\d{3})-(\d\d)-(\d\d)$/.exec(day) ?? [];
	return isoOf(new Date(Number(year), Number(month) - 1, Number(date) + later));
}

/** Noon of a day in the reader's zone, so that it is the same day for readers some hours away. Null if it is no day. */
export const noonOf = (day: string): string | null => (day === '' ? null : isoOf(new Date(`${day}T12:00`)));

/** The moment that an <input type="datetime-local"> names; null if it names none. */
export const momentOf = (minute: string): string | null => (minute === '' ? null : isoOf(new Date(minute)));

/** Null for an invalid date, and for years that RFC 3339 cannot write. */
const isoOf = (date: Date): string | null => (date.getUTCFullYear() <= 9999 ? date.toISOString() : null);
