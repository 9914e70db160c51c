import type { AlertRule, AlertSeverity } from '../../../kit/api/operator.generated.ts';

/** Each rule as a title; the alert's own sentence says more. */
export const RULES: Readonly<Record<AlertRule, string>> = {
	LEASE_ACTIVATED: 'A lease was activated',
	CONTENT_WITHOUT_LEASE: 'Content asked for without a lease',
	BULK_READ_OPERATOR: 'An operator reads many records',
	BULK_READ_BUDGET: 'A read budget is nearly used up',
	BULK_READ_MEMBER: 'A member reads far more than usual',
	APPROVAL_PAIR: 'The same two people again and again',
	APPROVAL_HASTY: 'Approved too soon to have been read',
	ENVELOPE_INVALID: 'A stored value does not open',
	ENVELOPE_INVALID_MANY: 'Many stored values do not open',
	LOG_GAP: 'Entries of the log are missing',
	LOG_FORK: 'The log differs from what was signed',
	LOG_LATE: 'The log has no new checkpoint',
	ALERTS_LATE: 'The log is not checked for alerts in time',
	KEY_CHANGED: 'A firm’s key is refused',
	POLICY_CHANGED: 'A firm has changed its policy',
	APPROVER_ASKED: 'A new approver is about to be appointed',
	APPROVER_DISABLED: 'An approver was disabled',
	DATABASE_DRIFT: 'The database’s locks differ',
	MANY_FIRMS: 'One operator reads many firms',
	REFILED_WIDER: 'Denied, and asked again for more',
	ORPHAN_GRANT: 'A grant without a lease',
	KEYRING_THROTTLED: 'The key service throttles',
	MANY_DENIALS: 'One account is refused again and again',
	CLOCK_BACK: 'The database’s clock has gone back',
	LEASE_UNREVIEWED: 'An ended lease is not reviewed',
	DELIVERY_FAILED: 'Messages are not delivered',
};

export const ruleNames = Object.entries(RULES) as readonly (readonly [AlertRule, string])[];

export const SEVERITIES: Readonly<Record<AlertSeverity, string>> = { PAGE: 'Look now', ALERT: 'Look today' };
