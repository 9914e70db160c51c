/** A promise and the test files that show it. An assumption has no files. */
export interface PromiseRow {
	readonly promise: string;
	/** The file that makes the promise. */
	readonly from: string;
	readonly files: readonly string[];
	/** Why no test shows it. */
	readonly without?: string;
}

/** The page names at most this many files. */
export const FEW = 6;
