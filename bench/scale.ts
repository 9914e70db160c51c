/** Durations are in milliseconds, so a slow machine measures fewer rounds. Less than half an hour on two processors. */
export const FULL = {
	/** All rounds of one line of the section on fields, and one side in one round. */
	field: 500,
	fieldBatch: 2,
	/** All rounds of one line of the sections on lists and writes. */
	list: 18_000,
	/** How long each server answers before the first round. */
	warmUp: 1500,
	/** All rounds of one size of value, and of statements. */
	transport: 5_000,
	/** All rounds of appends to the log. */
	append: 10_000,
	/** Firms without a cached key. */
	coldFirms: 60,
	/** All rounds of one curve, and the sizes, ascending. */
	growth: {
		milliseconds: 10_000,
		rows: [1_000, 10_000, 100_000, 1_000_000],
		firms: [10, 100, 1_000, 10_000],
		leases: [1, 10, 100, 1_000, 10_000],
		entries: [10_000, 100_000, 1_000_000],
	},
	/** All rounds of a comparison of files, and the bytes of a file. */
	files: 18_000,
	fileSize: 256 * 2 ** 20,
	/** Bytes of the file whose memory is measured. */
	largeFile: 2 ** 30,
	/** How long entries are written to the log. */
	logged: 10_000,
	/** Entries of the logs that are verified, ascending. */
	verified: [100_000, 1_000_000],
	/** Rows that are re-encrypted, ascending. */
	reencrypted: [6_000, 60_000, 1_000_000],
	/** One load of a crowd, and the firms of the largest crowd. */
	wide: 10_000,
	firms: 10_000,
	/** How long the memory of a server is sampled. */
	soak: 600_000,
	/** Views of a page, events, and the entries of a firm's log. */
	pages: { views: 7, events: 10, entries: 100_000 },
	/** Records that a vault opens, and how often. */
	custody: { records: 1_000, rounds: 15 },
};

export type Scale = Readonly<typeof FULL>;

/** Some minutes. Its ratios vary by a tenth from run to run. */
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
	pages: { views: 3, events: 5, entries: 10_000 },
	custody: { records: 1_000, rounds: 5 },
};
