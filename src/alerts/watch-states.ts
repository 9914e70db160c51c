import type { AlertRule } from '../audit/index.ts';
import {
	claimAlertWatch,
	forgetToldState,
	keepToldStates,
	selectToldStates,
	type ToldState,
	type Transaction,
} from '../database/index.ts';
import { type OpenedAlert, openAlerts } from './open-alerts.ts';
import { lookForDrift, STATE_RULES, type State, type StateRuleName } from './states.ts';
import type { WatchParts } from './watch-entries.ts';
import { forgetOldMatches } from './windows.ts';

export interface StateLook {
	/** OFTEN: only what is of seconds; SELDOM: all. */
	readonly when: 'OFTEN' | 'SELDOM';
	/** Whether a log without a new checkpoint is late: not right after a start, when nobody was there to write one. */
	readonly isLogDue: boolean;
	/** In development one login may serve all planes. */
	readonly sharedLogin: boolean;
}

/** Seconds after which what is still so is told again. */
const AGAIN = 86_400;

const ruleNames = Object.keys(STATE_RULES) as readonly StateRuleName[];

/**
 * Looks at what is wrong now, whatever made it so, and opens an alert for what begins to be: a state that lasts is told once, or once a
 * day. Of several at a time one looks.
 * @throws FirmsealError AUDIT_UNAVAILABLE; what the database throws.
 */
export async function watchStates(parts: WatchParts, look: StateLook): Promise<readonly OpenedAlert[]> {
	const drift = look.when === 'SELDOM' ? await lookForDrift(parts.plane, look.sharedLogin) : null;
	return parts.plane.write(null, async (tx) => {
		const watch = await claimAlertWatch(tx);
		if (!watch) return [];
		if (look.when === 'SELDOM' && !watch.isBegun) await forgetOldMatches(tx);
		const opened: OpenedAlert[] = [];
		for (const rule of ruleNames) {
			const { when, again, look: find } = STATE_RULES[rule];
			if ((when === 'SELDOM' && look.when !== 'SELDOM') || (rule === 'LOG_LATE' && !look.isLogDue)) continue;
			opened.push(...(await tell(tx, parts, { rule, again, states: await find(tx, parts.thresholds) })));
		}
		if (drift) opened.push(...(await tell(tx, parts, { rule: 'DATABASE_DRIFT', again: true, states: drift })));
		return opened;
	});
}

interface Found {
	readonly rule: AlertRule;
	readonly again: boolean;
	readonly states: readonly State[];
}

async function tell(tx: Transaction, { audit }: WatchParts, { rule, again, states }: Found): Promise<OpenedAlert[]> {
	const told = new Map((await selectToldStates(tx, [rule])).map((state) => [state.subject, state]));
	for (const [subject, state] of told)
		if (!states.some((one) => one.subject === subject)) await forgetToldState(tx, state);
	const fresh = states.filter((state) => isNews(state, told.get(state.subject), again));
	if (fresh.length === 0) return [];
	await keepToldStates(
		tx,
		fresh.map(({ subject, mark }) => ({ rule, subject, mark })),
	);
	return openAlerts(
		tx,
		audit,
		fresh.map(({ mark: _, ...state }) => ({ ...state, rule, at: null })),
	);
}

const isNews = ({ mark }: State, told: ToldState | undefined, again: boolean): boolean =>
	told === undefined || told.mark !== mark || (again && told.seconds > AGAIN);
