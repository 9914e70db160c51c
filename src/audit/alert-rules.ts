import type { Action } from './actions.ts';
import type { ThresholdName } from './alert-thresholds.ts';
import type { Actor, EntryPlane, Reason } from './entry.ts';

/** PAGE: wakes the person on call. */
export const ALERT_SEVERITIES = ['ALERT', 'PAGE'] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** Which entries count. What is left out may be anything. */
export interface CountedEntries {
	readonly actions: readonly Action[];
	readonly reasons?: readonly Reason[];
	readonly kinds?: readonly Actor['kind'][];
	readonly exceptPlane?: EntryPlane;
	/** Those that say one of these, of whatever else. */
	readonly coordinates?: readonly string[];
}

/** By what occurrences belong together. PAIR: who asked for the lease, and who acts on it. */
export type AlertSubject = 'ACTOR' | 'FIRM' | 'LEASE' | 'PAIR' | 'INSTALLATION';

/** How much one entry counts: one, or the number of its records, or its different records, firm or lease. */
export type AlertMeasure = 'ENTRIES' | 'RECORDS' | 'EACH_RECORD' | 'EACH_FIRM' | 'EACH_LEASE';

/** What is counted over a window of time. */
export interface AlertCount {
	readonly measure: AlertMeasure;
	readonly threshold: ThresholdName;
	/** Whether the threshold itself fires already. */
	readonly fires: 'AT' | 'OVER';
	/** Seconds. */
	readonly window: number;
	/** What the sum over the window is compared with other than the threshold: a function of its name in src/alerts/windows.ts. */
	readonly compare?: 'OWN_MEDIAN' | 'SHARE';
}

export interface AlertRuleSpec {
	readonly severity: AlertSeverity;
	/** One sentence for people. */
	readonly says: string;
	readonly subject: AlertSubject;
	/** null: no entry tells it; the database is looked at (src/alerts/state-rules.ts), or whoever keeps the log tells. */
	readonly entries: CountedEntries | null;
	/** Left out: one entry is enough. */
	readonly count?: AlertCount;
	/** What else must be so of one entry: a function of its name in src/alerts/watch-entries.ts. */
	readonly condition?: 'HASTY' | 'ORPHAN';
}

const MINUTE = 60;
const TEN_MINUTES = 600;
const HOUR = 3_600;
const DAY = 86_400;

const OPERATORS = { kinds: ['operator'] } as const;

/** What suspicious use is. Thresholds: alert-thresholds.ts. No rule counts `alert.open` or `alert.acknowledge`. */
export const ALERT_RULES = {
	LEASE_ACTIVATED: {
		severity: 'ALERT',
		says: 'A break-glass lease is active: content can be read under it.',
		subject: 'LEASE',
		entries: { actions: ['lease.start'] },
	},
	CONTENT_WITHOUT_LEASE: {
		severity: 'ALERT',
		says: 'Somebody of the platform asked for content without a lease that gives it.',
		subject: 'ACTOR',
		entries: { actions: ['content.deny'], reasons: ['NO_LEASE'], ...OPERATORS },
	},
	BULK_READ_OPERATOR: {
		severity: 'ALERT',
		says: 'An operator reads many records in a short time.',
		subject: 'ACTOR',
		entries: { actions: ['lease.use'], ...OPERATORS },
		count: { measure: 'EACH_RECORD', threshold: 'OPERATOR_RECORDS', fires: 'OVER', window: TEN_MINUTES },
	},
	BULK_READ_BUDGET: {
		severity: 'ALERT',
		says: 'Most of the read budget of a lease is used.',
		subject: 'LEASE',
		entries: null,
	},
	BULK_READ_MEMBER: {
		severity: 'ALERT',
		says: 'Somebody of a firm opens many times more in an hour than they usually do.',
		subject: 'ACTOR',
		entries: { actions: ['content.open', 'content.read'], kinds: ['firm'] },
		count: { measure: 'RECORDS', threshold: 'MEMBER_TIMES', fires: 'OVER', window: HOUR, compare: 'OWN_MEDIAN' },
	},
	APPROVAL_PAIR: {
		severity: 'ALERT',
		says: 'One approver agrees to one person’s leases again and again.',
		subject: 'PAIR',
		entries: { actions: ['lease.approve'], ...OPERATORS },
		count: { measure: 'EACH_LEASE', threshold: 'PAIR_LEASES', fires: 'AT', window: 7 * DAY },
	},
	APPROVAL_HASTY: {
		severity: 'ALERT',
		says: 'An approver agreed to a lease sooner than it can be read and thought about.',
		subject: 'LEASE',
		entries: { actions: ['lease.approve'], ...OPERATORS },
		condition: 'HASTY',
	},
	ENVELOPE_INVALID: {
		severity: 'ALERT',
		says: 'A stored value does not open: it is damaged, or from another place.',
		subject: 'FIRM',
		entries: { actions: ['content.fail', 'content.send'], reasons: ['CIPHERTEXT_INVALID'] },
	},
	ENVELOPE_INVALID_MANY: {
		severity: 'PAGE',
		says: 'Many stored values of a firm do not open.',
		subject: 'FIRM',
		entries: { actions: ['content.fail', 'content.send'], reasons: ['CIPHERTEXT_INVALID'] },
		count: { measure: 'RECORDS', threshold: 'INVALID_PER_MINUTE', fires: 'AT', window: MINUTE },
	},
	LOG_GAP: {
		severity: 'PAGE',
		says: 'Entries of the log are missing: somebody has removed them.',
		subject: 'INSTALLATION',
		entries: null,
	},
	LOG_FORK: {
		severity: 'PAGE',
		says: 'The log is not the one that was signed before.',
		subject: 'INSTALLATION',
		entries: null,
	},
	LOG_LATE: {
		severity: 'ALERT',
		says: 'The log has had no new checkpoint for too long.',
		subject: 'INSTALLATION',
		entries: null,
	},
	ALERTS_LATE: {
		severity: 'PAGE',
		says: 'Entries of the log wait to be looked at for alerts: what they tell of is not known.',
		subject: 'INSTALLATION',
		entries: null,
	},
	KEY_CHANGED: {
		severity: 'ALERT',
		says: 'The key service refuses the key of a firm: it is disabled, destroyed, or its rights have changed.',
		subject: 'FIRM',
		entries: { actions: ['key.unwrap', 'key.generate'], reasons: ['REFUSED'], exceptPlane: 'operator' },
	},
	POLICY_CHANGED: {
		severity: 'ALERT',
		says: 'A firm has changed what it has to say to leases.',
		subject: 'FIRM',
		entries: { actions: ['policy.change'] },
	},
	APPROVER_ASKED: {
		severity: 'PAGE',
		says: 'Somebody is to become an approver of the platform: it can be called off until it is done.',
		subject: 'ACTOR',
		entries: { actions: ['job.request'], coordinates: ['Job.APPOINT'], exceptPlane: 'firm' },
	},
	APPROVER_DISABLED: {
		severity: 'PAGE',
		says: 'An approver was disabled by another: until that is 30 days ago, no one decides alone on who operates the platform.',
		subject: 'ACTOR',
		entries: { actions: ['operator.disable'], coordinates: ['Operator.APPROVER'] },
	},
	DATABASE_DRIFT: {
		severity: 'PAGE',
		says: 'Privileges, policies, triggers or other locks of the database are not those of the migrations.',
		subject: 'INSTALLATION',
		entries: null,
	},
	MANY_FIRMS: {
		severity: 'ALERT',
		says: 'One operator reads content of several firms in a day.',
		subject: 'ACTOR',
		entries: { actions: ['lease.use'], ...OPERATORS },
		count: { measure: 'EACH_FIRM', threshold: 'FIRMS_PER_DAY', fires: 'AT', window: DAY },
	},
	REFILED_WIDER: {
		severity: 'ALERT',
		says: 'A lease that was denied is asked for again, for more.',
		subject: 'LEASE',
		entries: null,
	},
	ORPHAN_GRANT: {
		severity: 'ALERT',
		says: 'A grant at the key service belongs to no lease in use.',
		subject: 'LEASE',
		entries: { actions: ['key.ungrant'] },
		condition: 'ORPHAN',
	},
	KEYRING_THROTTLED: {
		severity: 'ALERT',
		says: 'The key service throttles its calls.',
		subject: 'INSTALLATION',
		entries: { actions: ['key.unwrap', 'key.generate'] },
		count: { measure: 'ENTRIES', threshold: 'THROTTLED_PERCENT', fires: 'OVER', window: TEN_MINUTES, compare: 'SHARE' },
	},
	MANY_DENIALS: {
		severity: 'ALERT',
		says: 'One account is refused again and again.',
		subject: 'ACTOR',
		entries: { actions: ['content.deny', 'request.deny', 'rights.refuse'], kinds: ['firm', 'operator'] },
		count: { measure: 'ENTRIES', threshold: 'DENIALS_PER_MINUTE', fires: 'AT', window: MINUTE },
	},
	CLOCK_BACK: {
		severity: 'PAGE',
		says: 'The database’s clock is behind a time that was seen, so that no lease opens.',
		subject: 'INSTALLATION',
		entries: null,
	},
	LEASE_UNREVIEWED: {
		severity: 'ALERT',
		says: 'Nobody has reviewed what was done under a lease that has ended.',
		subject: 'LEASE',
		entries: null,
	},
	DELIVERY_FAILED: {
		severity: 'ALERT',
		says: 'The webhook does not take what it is told.',
		subject: 'INSTALLATION',
		entries: null,
	},
} as const satisfies Record<string, AlertRuleSpec>;

export type AlertRule = keyof typeof ALERT_RULES;
export const alertRules = Object.keys(ALERT_RULES) as readonly AlertRule[];

export const alertRuleOf = (rule: AlertRule): AlertRuleSpec => ALERT_RULES[rule];
