interface Threshold {
	/** What it is unless the settings say otherwise. */
	readonly usual: number;
	/** What is counted by it, in words for docs/how-to/monitor.md. */
	readonly says: string;
}

/** Every number that an alert rule asks for. The operator of the installation may set each: FIRMSEAL_ALERTS. */
export const THRESHOLDS = {
	OPERATOR_RECORDS: { usual: 50, says: 'different records that an operator reads in 10 minutes without an alert' },
	BUDGET_PERCENT: { usual: 80, says: 'per cent of a lease’s read budget that are used' },
	MEMBER_TIMES: { usual: 10, says: 'times of their own median hour that a person of a firm may open in an hour' },
	MEMBER_MEDIAN: { usual: 500, says: 'openings of records in an hour that count as anybody’s median at least' },
	PAIR_LEASES: { usual: 3, says: 'leases of one person that one approver agrees to in a week' },
	HASTY_SECONDS: { usual: 30, says: 'seconds from a request to an approver’s yes that are too few' },
	INVALID_PER_MINUTE: { usual: 5, says: 'values of a firm that do not open, in a minute' },
	LATE_SECONDS: {
		usual: 300,
		says: 'seconds without a new checkpoint of the log, or without all its entries looked at',
	},
	FIRMS_PER_DAY: { usual: 3, says: 'firms whose content one operator reads in a day' },
	REFILED_HOURS: { usual: 168, says: 'hours after a denial in which a wider request is told' },
	GRANT_SECONDS: { usual: 120, says: 'seconds that a grant outlives its lease' },
	THROTTLED_PERCENT: { usual: 1, says: 'per cent of the calls of the key service in 10 minutes that it throttles' },
	THROTTLED_CALLS: { usual: 100, says: 'calls in 10 minutes, below which nothing is said of throttling' },
	DENIALS_PER_MINUTE: { usual: 20, says: 'refusals of one account in a minute' },
	UNREVIEWED_HOURS: { usual: 72, says: 'hours that an ended lease waits for its review' },
	DELIVERY_ATTEMPTS: { usual: 6, says: 'attempts after which a message to the webhook counts as failed' },
} as const satisfies Record<string, Threshold>;

export type ThresholdName = keyof typeof THRESHOLDS;
export type Thresholds = Readonly<Record<ThresholdName, number>>;

export const thresholdNames = Object.keys(THRESHOLDS) as readonly ThresholdName[];

/** All of them: those that are given, and the usual ones. Frozen. */
export const thresholdsWith = (given: Readonly<Partial<Record<ThresholdName, number>>> = {}): Thresholds =>
	Object.freeze(
		Object.fromEntries(thresholdNames.map((name) => [name, given[name] ?? THRESHOLDS[name].usual])),
	) as Thresholds;
