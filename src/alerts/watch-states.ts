import {
	type AlertWatch,
	claimAlertWatch,
	deleteReportedState,
	type Plane,
	saveReportedStates,
	selectReportedStates,
	type Transaction,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { type OpenedAlert, openAlerts } from './open-alerts.ts';
import { type AlertState, findDriftStates, STATE_RULES, type StateRule, stateChangesOf } from './state-rules.ts';
import type { AlertCheckParts } from './watch-entries.ts';
import { deleteOldMatches } from './windows.ts';

export interface StateCheck {
	/** OFTEN: only the rules of seconds. SELDOM: all rules. */
	readonly when: 'OFTEN' | 'SELDOM';
	/** Whether the workers' own duties are checked: not right after a start, since no worker may have run before. */
	readonly isDue: boolean;
	/** In development one login may serve all planes. */
	readonly sharedLogin: boolean;
}

export interface StateCheckResult {
	readonly opened: readonly OpenedAlert[];
	/** The errors of rules that could not be checked or reported. */
	readonly failures: readonly unknown[];
}

/**
 * Checks what is wrong now, and opens alerts. If several processes call this at the same time, one of them checks a rule. Each rule is
 * checked in a transaction of its own, so that a rule that fails doesn't silence another. Never throws.
 */
export async function watchStates(parts: AlertCheckParts, check: StateCheck): Promise<StateCheckResult> {
	const { plane } = parts;
	const opened: OpenedAlert[] = [];
	const failures: unknown[] = [];
	const isSeldom = check.when === 'SELDOM';
	const due = STATE_RULES.filter(({ when, isDuty }) => (when === 'OFTEN' || isSeldom) && (!isDuty || check.isDue));
	const checks = due.map((rule) => () => checkRule(parts, rule, check));
	if (isSeldom) checks.push(() => cleanUp(plane));
	for (const run of checks) {
		try {
			opened.push(...(await run()));
		} catch (error) {
			failures.push(error);
			// The error of one statement, such as for want of space, says nothing about other rules. A database that is away fails all of them.
			if (error instanceof FirmsealError && !(await isReachable(plane))) break;
		}
	}
	return { opened, failures };
}

async function checkRule(
	parts: AlertCheckParts,
	rule: StateRule,
	{ sharedLogin }: StateCheck,
): Promise<readonly OpenedAlert[]> {
	const { plane, thresholds } = parts;
	const { find } = rule;
	const drift = find === 'DRIFT' ? await findDriftStates(plane, sharedLogin) : [];
	return whileClaimed(plane, async (tx) =>
		openStateAlerts(tx, parts, rule, find === 'DRIFT' ? drift : await find(tx, thresholds)),
	);
}

const cleanUp = (plane: Plane) =>
	whileClaimed(plane, async (tx, { isPartlyChecked }) => {
		if (!isPartlyChecked) await deleteOldMatches(tx);
		return [];
	});

/** Runs `work` in a transaction that holds the watch, unless another process holds it. */
const whileClaimed = (
	plane: Plane,
	work: (tx: Transaction, watch: AlertWatch) => Promise<readonly OpenedAlert[]>,
): Promise<readonly OpenedAlert[]> =>
	plane.write(null, async (tx) => {
		const watch = await claimAlertWatch(tx);
		return watch ? work(tx, watch) : [];
	});

const isReachable = (plane: Plane): Promise<boolean> =>
	plane
		.read(null, async () => {})
		.then(
			() => true,
			() => false,
		);

async function openStateAlerts(
	tx: Transaction,
	{ audit }: AlertCheckParts,
	stateRule: StateRule,
	found: readonly AlertState[],
): Promise<readonly OpenedAlert[]> {
	const { rule } = stateRule;
	const { news, ended } = stateChangesOf(stateRule, found, await selectReportedStates(tx, [rule]));
	for (const subject of ended) await deleteReportedState(tx, { rule, subject });
	if (news.length === 0) return [];
	await saveReportedStates(
		tx,
		news.map(({ subject, mark }) => ({ rule, subject, mark })),
	);
	return openAlerts(
		tx,
		audit,
		news.map(({ mark: _, ...state }) => ({ ...state, rule, at: null })),
	);
}
