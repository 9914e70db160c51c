/** A promise and the test files that show it; none: it is an assumption, as the page says. */
export interface PromiseRow {
	readonly promise: string;
	/** The file that makes the promise. */
	readonly from: string;
	readonly files: readonly string[];
	/** Why no test shows it. */
	readonly without?: string;
}

/** Of many that would do, the page names so few. */
export const FEW = 6;
