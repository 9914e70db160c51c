const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** Such as 1.4 MB. */
export function showBytes(bytes: number): string {
	const power = Math.min(UNITS.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
	const amount = bytes / 1000 ** power;
	return `${amount.toLocaleString(undefined, { maximumFractionDigits: amount < 10 && power > 0 ? 1 : 0 })} ${UNITS[power]}`;
}

/** Minutes as hours and minutes, such as 1 h 30 min. */
export function showMinutes(minutes: number): string {
	const hours = Math.floor(minutes / 60);
	const rest = minutes % 60;
	if (hours === 0) return `${rest} min`;
	return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

/** A decimal as the API writes it, without rounding: digits are grouped as the reader's language does. */
export function showMoney(decimal: string, currency: string): string {
	const format = new Intl.NumberFormat(undefined, { style: 'currency', currency, maximumFractionDigits: 20 });
	return format.format(decimal as Intl.StringNumericLiteral);
}

/** LEASE_REQUESTED as a person reads it: Lease requested. */
export const showConstant = (name: string): string => {
	const words = name.toLowerCase().replaceAll('_', ' ');
	return words.charAt(0).toUpperCase() + words.slice(1);
};
