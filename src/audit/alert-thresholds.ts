interface Threshold {
	/** The default. FIRMSEAL_ALERTS may set another number. */
	readonly usual: number;
	/** For docs/how-to/monitor.md. */
	readonly says: string;
}

/** Every number that an alert rule compares with. */
export const THRESHOLDS = {
	OPERATOR_RECORDS: { usual: 50, says: 'different records that an operator may read in 10 minutes without an alert' },
	BUDGET_PERCENT: { usual: 80, says: 'percentage of a lease’s read budget that is used' },
	MEMBER_TIMES: { usual: 10, says: 'how many times their own median hour a person of a firm may open in an hour' },
	MEMBER_MEDIAN: {
		usual: 500,
		says: 'smallest median, in openings of records per hour, for people who usually open fewer',
	},
	PAIR_LEASES: { usual: 3, says: 'leases of one person that one approver approves in a week' },
	HASTY_SECONDS: { usual: 30, says: 'seconds after a request within which an approval counts as hasty' },
	INVALID_PER_MINUTE: { usual: 5, says: 'values of a firm that do not open, in a minute' },
	LATE_SECONDS: {
		usual: 300,
		says: 'seconds without a new checkpoint of the log, or with entries that were not checked for alerts',
	},
	FIRMS_PER_DAY: { usual: 3, says: 'firms whose content one operator reads in a day' },
	REFILED_HOURS: { usual: 168, says: 'hours after a denial within which a wider request raises an alert' },
	GRANT_SECONDS: { usual: 120, says: 'seconds by which a grant outlives its lease' },
	THROTTLED_PERCENT: { usual: 1, says: 'percentage of the calls in 10 minutes that the key service throttles' },
	THROTTLED_CALLS: { usual: 100, says: 'calls in 10 minutes, below which throttling raises no alert' },
	DENIALS_PER_MINUTE: { usual: 20, says: 'refusals of one account in a minute' },
	UNREVIEWED_HOURS: { usual: 72, says: 'hours that an ended lease waits for its review' },
	DELIVERY_ATTEMPTS: { usual: 6, says: 'attempts after which a message to the webhook counts as failed' },
} as const satisfies Record<string, Threshold>;

export type ThresholdName = keyof typeof THRESHOLDS;
export type Thresholds = Readonly<Record<ThresholdName, number>>;

export const thresholdNames = Object.keys(THRESHOLDS) as readonly ThresholdName[];

/** All thresholds: the given ones, and the defaults of the others. Frozen. */
export const thresholdsWith = (given: Readonly<Partial<Record<ThresholdName, number>>> = {}): Thresholds =>
	Object.freeze(
		Object.fromEntries(thresholdNames.map((name) => [name, given[name] ?? THRESHOLDS[name].usual])),
	) as Thresholds;
