/** How long each thing is measured, in milliseconds; a slow machine gets fewer rounds, not more time. */
export interface Scale {
	/** All rounds of one line of the field table, and one side in one round of them. */
	readonly field: number;
	readonly fieldBatch: number;
	/** All rounds of one load of the list tables. */
	readonly list: number;
	/** All rounds of a table of files, each of so many bytes. */
	readonly files: number;
	readonly fileSize: number;
	/** Bytes of the file by which memory is measured. */
	readonly largeFile: number;
	/** Milliseconds for which entries are written to the log. */
	readonly logged: number;
	/** Entries of the logs that are verified, the smaller first. */
	readonly verified: readonly [number, number];
	/** Rows that are sealed anew, the fewest first. */
	readonly reencrypted: readonly number[];
	/** One server before the first round of a load, for the compiler and the caches. */
	readonly warmUp: number;
}

/** About a quarter of an hour on two processors. */
export const FULL: Scale = {
	field: 500,
	fieldBatch: 2,
	list: 18_000,
	warmUp: 1500,
	files: 18_000,
	fileSize: 256 * 2 ** 20,
	largeFile: 2 ** 30,
	logged: 10_000,
	verified: [100_000, 1_000_000],
	reencrypted: [6_000, 60_000, 1_000_000],
};

/** About a minute; its ratios move by a tenth from run to run. */
export const QUICK: Scale = {
	field: 120,
	fieldBatch: 1,
	list: 2000,
	warmUp: 300,
	files: 2000,
	fileSize: 32 * 2 ** 20,
	largeFile: 128 * 2 ** 20,
	logged: 3_000,
	verified: [10_000, 50_000],
	reencrypted: [6_000, 20_000],
};
