import { type AlertCount, type AlertRule, type AlertRuleSpec, alertRuleOf, alertRules } from './alert-rules.ts';
import type { Entry } from './entry.ts';

/** An entry that a rule counts. */
export interface AlertMatch {
	readonly rule: AlertRule;
	/** Groups occurrences into one alert: ids. */
	readonly subject: string;
	/** The items that the entry counts, each once in a window; '' where only the sum matters. */
	readonly items: readonly string[];
	/** How much each item counts. */
	readonly amount: number;
}

/** The subject of an alert about the whole installation. */
export const INSTALLATION = 'installation';

/** The item of a call that the key service throttled; other calls have ''. */
export const THROTTLED = 'THROTTLED';

/** The rules that count an entry. `requester` is the user id of the requester of the entry's lease, or null if unknown. */
export function matchesOf(entry: Entry, requester: string | null): AlertMatch[] {
	return alertRules.flatMap((rule) => {
		const spec = alertRuleOf(rule);
		if (!isCounted(spec, entry)) return [];
		const subject = subjectOf(spec, entry, requester);
		return subject === null ? [] : [{ rule, subject, ...measured(spec.count, entry) }];
	});
}

function isCounted({ entries }: AlertRuleSpec, { action, reason, actor, plane, coordinates }: Entry): boolean {
	if (entries === null || !entries.actions.includes(action)) return false;
	if (entries.reasons && !(reason !== null && entries.reasons.includes(reason))) return false;
	if (entries.kinds && !entries.kinds.includes(actor.kind)) return false;
	if (entries.coordinates && !entries.coordinates.some((each) => coordinates.includes(each))) return false;
	return entries.exceptPlane !== plane;
}

/** Null if the entry does not name the subject: then the rule does not count the entry. */
function subjectOf({ subject }: AlertRuleSpec, { actor, firm, lease }: Entry, requester: string | null): string | null {
	switch (subject) {
		case 'ACTOR':
			return actor.user;
		case 'FIRM':
			return firm;
		case 'LEASE':
			return lease;
		case 'PAIR':
			return requester && actor.user && `${requester}:${actor.user}`;
		case 'INSTALLATION':
			return INSTALLATION;
	}
}

function measured(count: AlertCount | undefined, entry: Entry): Pick<AlertMatch, 'items' | 'amount'> {
	switch (count?.measure) {
		case 'EACH_RECORD':
			return { items: entry.records, amount: 1 };
		case 'EACH_FIRM':
			return { items: entry.firm === null ? [] : [entry.firm], amount: 1 };
		case 'EACH_LEASE':
			return { items: entry.lease === null ? [] : [entry.lease], amount: 1 };
		case 'RECORDS':
			return { items: [''], amount: entry.records.length };
		case 'ENTRIES':
		case undefined:
			return { items: [count?.compare === 'SHARE' && entry.reason === THROTTLED ? THROTTLED : ''], amount: 1 };
	}
}
