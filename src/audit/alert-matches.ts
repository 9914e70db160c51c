import { type AlertCount, type AlertRule, type AlertRuleSpec, alertRuleOf, alertRules } from './alert-rules.ts';
import type { Entry } from './entry.ts';

/** An entry that a rule counts. */
export interface AlertMatch {
	readonly rule: AlertRule;
	/** By what occurrences belong together: ids. */
	readonly subject: string;
	/** What it counts, each item once in a window; '' for what is only summed up. */
	readonly items: readonly string[];
	/** How much each item counts. */
	readonly amount: number;
}

/** The subject of what is about nothing smaller. */
export const INSTALLATION = 'installation';

/** Marks calls of the key service that it throttled, among all. */
export const THROTTLED = 'THROTTLED';

/** What an entry counts for. `requester`: who asked for the lease that it names, where that is known. */
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

/** null: the entry doesn't say, so that it belongs to nothing. */
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
