/** A decimal number, exactly: `units` divided by ten to the power of `scale`. Money is never a floating-point number. */
interface Decimal {
	readonly units: bigint;
	readonly scale: number;
}

/** What the API takes for a quantity or the price of a unit. */
const DECIMAL = /^-?[0-9]{1,64}(\.[0-9]{1,64})?$/;
/** What it takes for a total: at most 15 digits, and 4 after the point. */
const AMOUNT = /^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,4})?$/;
/** Digits after the point that are shown at least. */
const CENTS = 2;

export const isDecimal = (text: string): boolean => DECIMAL.test(text);
export const isAmount = (text: string): boolean => AMOUNT.test(text);

/** A quantity times a price; null if one of them is no number. */
export function multiply(quantity: string, price: string): string | null {
	const [one, other] = [read(quantity), read(price)];
	return one && other && write({ units: one.units * other.units, scale: one.scale + other.scale });
}

/** Null if one of them is no number. */
export function sum(amounts: readonly (string | null)[]): string | null {
	let total: Decimal = { units: 0n, scale: 0 };
	for (const amount of amounts) {
		const next = amount === null ? null : read(amount);
		if (next === null) return null;
		const scale = Math.max(total.scale, next.scale);
		total = { units: raise(total, scale) + raise(next, scale), scale };
	}
	return write(total);
}

function read(text: string): Decimal | null {
	if (!isDecimal(text)) return null;
	const [whole = '', fraction = ''] = text.split('.');
	return { units: BigInt(whole + fraction), scale: fraction.length };
}

const raise = ({ units, scale }: Decimal, to: number): bigint => units * 10n ** BigInt(to - scale);

/** Without zeros at the end, but with cents. */
function write(decimal: Decimal): string {
	const scale = Math.max(decimal.scale, CENTS);
	const units = raise(decimal, scale);
	const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
	const whole = digits.slice(0, -scale);
	const fraction = digits.slice(-scale).replace(/0+$/, '').padEnd(CENTS, '0');
	return `${units < 0n ? '-' : ''}${whole}.${fraction}`;
}
