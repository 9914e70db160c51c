import type { Action } from './actions.ts';
import type { ThresholdName } from './alert-thresholds.ts';
import type { Actor, EntryPlane, Reason } from './entry.ts';

/** PAGE wakes the person on call. */
export const ALERT_SEVERITIES = ['ALERT', 'PAGE'] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** The entries that a rule counts. An absent property allows any value. */
export interface CountedEntries {
	readonly actions: readonly Action[];
	readonly reasons?: readonly Reason[];
	readonly kinds?: readonly Actor['kind'][];
	readonly exceptPlane?: EntryPlane;
	/** The entry must have one of these, and may have others. */
	readonly coordinates?: readonly string[];
}

/** What groups occurrences into one alert. PAIR is the requester of a lease and the person who acts on the lease. */
export type AlertSubject = 'ACTOR' | 'FIRM' | 'LEASE' | 'PAIR' | 'INSTALLATION';

/** How much one entry counts: one, the number of its records, or its different records, firm or lease. */
export type AlertMeasure = 'ENTRIES' | 'RECORDS' | 'EACH_RECORD' | 'EACH_FIRM' | 'EACH_LEASE';

/** A count over a window of time. */
export interface AlertCount {
	readonly measure: AlertMeasure;
	readonly threshold: ThresholdName;
	/** AT if the threshold itself raises the alert, OVER if only a larger count does. */
	readonly fires: 'AT' | 'OVER';
	/** Seconds. */
	readonly window: number;
	/** Compares the sum with a value other than the threshold, by the function of this name in src/alerts/windows.ts. */
	readonly compare?: 'OWN_MEDIAN' | 'SHARE';
}

export interface AlertRuleSpec {
	readonly severity: AlertSeverity;
	/** One sentence for people. */
	readonly says: string;
	readonly subject: AlertSubject;
	/** Null if the rule counts no entries: src/alerts/state-rules.ts reads the database, or the process that keeps the log reports the alert. */
	readonly entries: CountedEntries | null;
	/** Absent if one entry raises the alert. */
	readonly count?: AlertCount;
	/** A further condition for one entry: the function of this name in src/alerts/watch-entries.ts. */
	readonly condition?: 'HASTY' | 'ORPHAN';
}

const MINUTE = 60;
const TEN_MINUTES = 600;
const HOUR = 3_600;
const DAY = 86_400;

const OPERATORS = { kinds: ['operator'] } as const;

/** The rules for alerts. No rule counts `alert.open` or `alert.acknowledge`, so alerts raise no further alerts. */
export const ALERT_RULES = {
	LEASE_ACTIVATED: {
		severity: 'ALERT',
		says: 'A break-glass lease was activated: content can be read under it until it ends.',
		subject: 'LEASE',
		entries: { actions: ['lease.start'] },
	},
	CONTENT_WITHOUT_LEASE: {
		severity: 'ALERT',
		says: 'A person of the platform asked for content without a lease that allows it.',
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
		says: 'A person of a firm opens many times more in an hour than usual.',
		subject: 'ACTOR',
		entries: { actions: ['content.open', 'content.read', 'content.release'], kinds: ['firm'] },
		count: { measure: 'RECORDS', threshold: 'MEMBER_TIMES', fires: 'OVER', window: HOUR, compare: 'OWN_MEDIAN' },
	},
	APPROVAL_PAIR: {
		severity: 'ALERT',
		says: 'One approver approves the leases of one person again and again.',
		subject: 'PAIR',
		entries: { actions: ['lease.approve'], ...OPERATORS },
		count: { measure: 'EACH_LEASE', threshold: 'PAIR_LEASES', fires: 'AT', window: 7 * DAY },
	},
	APPROVAL_HASTY: {
		severity: 'ALERT',
		says: 'An approver approved a lease sooner than anyone can read and consider it.',
		subject: 'LEASE',
		entries: { actions: ['lease.approve'], ...OPERATORS },
		condition: 'HASTY',
	},
	ENVELOPE_INVALID: {
		severity: 'ALERT',
		says: 'A stored value does not open: it is damaged, or was moved from another place.',
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
		says: 'Entries of the log are missing: they were removed.',
		subject: 'INSTALLATION',
		entries: null,
	},
	LOG_FORK: {
		severity: 'PAGE',
		says: 'The log differs from the log that was signed before.',
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
		says: 'Entries of the log were not yet checked for alerts, so events in them may go unnoticed.',
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
		says: 'A firm has changed its policy for leases, or where its new members must come from.',
		subject: 'FIRM',
		entries: { actions: ['policy.change'] },
	},
	APPROVER_ASKED: {
		severity: 'PAGE',
		says: 'A person is about to become an approver of the platform. The request can be cancelled until then.',
		subject: 'ACTOR',
		entries: { actions: ['job.request'], coordinates: ['Job.APPOINT'], exceptPlane: 'firm' },
	},
	APPROVER_DISABLED: {
		severity: 'PAGE',
		says: 'An approver disabled another approver. For the next 30 days, no one decides alone who operates the platform.',
		subject: 'ACTOR',
		entries: { actions: ['operator.disable'], coordinates: ['Operator.APPROVER'] },
	},
	DATABASE_DRIFT: {
		severity: 'PAGE',
		says: 'Privileges, policies, triggers or other locks of the database differ from those of the migrations.',
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
		says: 'A lease that was denied is requested again, for more than before.',
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
		says: 'The key service throttles the calls of Firmseal.',
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
		says: 'The database’s clock is behind a time that was already seen, so no lease opens.',
		subject: 'INSTALLATION',
		entries: null,
	},
	LEASE_UNREVIEWED: {
		severity: 'ALERT',
		says: 'No one has reviewed what was done under a lease that has ended.',
		subject: 'LEASE',
		entries: null,
	},
	DELIVERY_FAILED: {
		severity: 'ALERT',
		says: 'The webhook does not accept the messages.',
		subject: 'INSTALLATION',
		entries: null,
	},
} as const satisfies Record<string, AlertRuleSpec>;

export type AlertRule = keyof typeof ALERT_RULES;
export const alertRules = Object.keys(ALERT_RULES) as readonly AlertRule[];

export const alertRuleOf = (rule: AlertRule): AlertRuleSpec => ALERT_RULES[rule];
