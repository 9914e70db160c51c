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
	/** All rounds of a size of value, and of statements. */
	readonly transport: number;
	/** All rounds of appends to the log. */
	readonly append: number;
	/** Firms that are asked for once while they are cold. */
	readonly coldFirms: number;
	/** Sizes of what grows, the fewest first, and all rounds of one curve. */
	readonly growth: {
		readonly milliseconds: number;
		readonly rows: readonly number[];
		readonly firms: readonly number[];
		readonly leases: readonly number[];
		readonly entries: readonly number[];
	};
	/** One load of many people on servers, and how many firms they are of when all are asked for. */
	readonly wide: number;
	readonly firms: number;
	/** Milliseconds for which a server is looked at that should need no more memory. */
	readonly soak: number;
	/** One server before the first round of a load, for the compiler and the caches. */
	readonly warmUp: number;
}

/** Less than twenty-five minutes on two processors. */
export const FULL: Scale = {
	field: 500,
	fieldBatch: 2,
	list: 18_000,
	warmUp: 1500,
	transport: 5_000,
	append: 10_000,
	coldFirms: 60,
	growth: {
		milliseconds: 10_000,
		rows: [1_000, 10_000, 100_000, 1_000_000],
		firms: [10, 100, 1_000, 10_000],
		leases: [1, 10, 100, 1_000, 10_000],
		entries: [10_000, 100_000, 1_000_000],
	},
	files: 18_000,
	fileSize: 256 * 2 ** 20,
	largeFile: 2 ** 30,
	logged: 10_000,
	verified: [100_000, 1_000_000],
	reencrypted: [6_000, 60_000, 1_000_000],
	wide: 10_000,
	firms: 10_000,
	soak: 600_000,
};

/** Some minutes; its ratios move by a tenth from run to run. */
export const QUICK: Scale = {
	field: 120,
	fieldBatch: 1,
	list: 2000,
	warmUp: 300,
	transport: 1000,
	append: 2000,
	coldFirms: 12,
	growth: { milliseconds: 1500, rows: [1_000, 10_000], firms: [10, 100], leases: [1, 100], entries: [1_000, 10_000] },
	files: 2000,
	fileSize: 32 * 2 ** 20,
	largeFile: 128 * 2 ** 20,
	logged: 3_000,
	verified: [10_000, 50_000],
	reencrypted: [6_000, 20_000],
	wide: 3_000,
	firms: 100,
	soak: 30_000,
};
