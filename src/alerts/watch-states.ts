import type { AlertRule } from '../audit/index.ts';
import {
	type AlertWatch,
	claimAlertWatch,
	deleteReportedState,
	type Plane,
	type ReportedState,
	saveReportedStates,
	selectReportedStates,
	type Transaction,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { type OpenedAlert, openAlerts } from './open-alerts.ts';
import { type AlertState, findDriftStates, STATE_RULES, type StateRule, type StateRuleName } from './state-rules.ts';
import type { AlertCheckParts } from './watch-entries.ts';
import { deleteOldMatches } from './windows.ts';

export interface StateCheck {
	/** OFTEN: only what is of seconds; SELDOM: all. */
	readonly when: 'OFTEN' | 'SELDOM';
	/** Whether what this process does itself may be late: not right after a start, when nobody was there to do it. */
	readonly isDue: boolean;
	/** In development one login may serve all planes. */
	readonly sharedLogin: boolean;
}

export interface StateCheckResult {
	readonly opened: readonly OpenedAlert[];
	/** Why something could not be asked or told. */
	readonly failures: readonly unknown[];
}

/** Seconds after which what is still so is told again. */
const REPEAT_AFTER = 86_400;

/** Late when nobody does what a worker does. */
const ofThisProcess: readonly StateRuleName[] = ['LOG_LATE', 'ALERTS_LATE'];

const ruleNames = Object.keys(STATE_RULES) as readonly StateRuleName[];

/**
 * Looks at what is wrong now, whatever made it so, and opens an alert for what begins to be: a state that lasts is told once, or once a
 * day. Of several at a time one looks. Throws nothing.
 */
export async function watchStates(parts: AlertCheckParts, at: StateCheck): Promise<StateCheckResult> {
	const { plane, thresholds } = parts;
	const opened: OpenedAlert[] = [];
	const failures: unknown[] = [];
	let isAway = false;
	/** Each by itself: what can't be asked or told of one rule mutes no other. */
	async function look(work: () => Promise<readonly OpenedAlert[]>): Promise<void> {
		try {
			opened.push(...(await work()));
		} catch (error) {
			failures.push(error);
			// A statement of one rule that is refused for want of room says nothing of the others.
			isAway ||= error instanceof FirmsealError && !(await isReachable(plane));
		}
	}
	const claimed = (work: (tx: Transaction, watch: AlertWatch) => Promise<readonly OpenedAlert[]>) =>
		plane.write(null, async (tx) => {
			const watch = await claimAlertWatch(tx);
			return watch ? work(tx, watch) : [];
		});
	for (const rule of ruleNames) {
		// Of a database that is away the others can't be asked either.
		if (isAway) return { opened, failures };
		const { when, find, ...of }: StateRule = STATE_RULES[rule];
		if ((when === 'SELDOM' && at.when !== 'SELDOM') || (ofThisProcess.includes(rule) && !at.isDue)) continue;
		await look(() =>
			claimed(async (tx) => openStateAlerts(tx, parts, { rule, ...of, states: await find(tx, thresholds) })),
		);
	}
	if (at.when !== 'SELDOM') return { opened, failures };
	await look(async () => {
		const states = await findDriftStates(plane, at.sharedLogin);
		return claimed((tx) => openStateAlerts(tx, parts, { rule: 'DATABASE_DRIFT', isRepeatedDaily: true, states }));
	});
	await look(() =>
		claimed(async (tx, { isPartlyChecked }) => {
			if (!isPartlyChecked) await deleteOldMatches(tx);
			return [];
		}),
	);
	return { opened, failures };
}

const isReachable = (plane: Plane): Promise<boolean> =>
	plane
		.read(null, async () => {})
		.then(
			() => true,
			() => false,
		);

interface FoundStates {
	readonly rule: AlertRule;
	readonly isRepeatedDaily: boolean;
	readonly isPermanent?: boolean;
	readonly states: readonly AlertState[];
}

async function openStateAlerts(
	tx: Transaction,
	{ audit }: AlertCheckParts,
	{ rule, isRepeatedDaily, isPermanent = false, states }: FoundStates,
): Promise<OpenedAlert[]> {
	const reported = new Map((await selectReportedStates(tx, [rule])).map((state) => [state.subject, state]));
	for (const [subject, state] of isPermanent ? [] : reported)
		if (!states.some((one) => one.subject === subject)) await deleteReportedState(tx, state);
	const fresh = states.filter((state) => isUnreported(state, reported.get(state.subject), isRepeatedDaily));
	if (fresh.length === 0) return [];
	await saveReportedStates(
		tx,
		fresh.map(({ subject, mark }) => ({ rule, subject, mark })),
	);
	return openAlerts(
		tx,
		audit,
		fresh.map(({ mark: _, ...state }) => ({ ...state, rule, at: null })),
	);
}

const isUnreported = ({ mark }: AlertState, reported: ReportedState | undefined, isRepeatedDaily: boolean): boolean =>
	reported === undefined || reported.mark !== mark || (isRepeatedDaily && reported.seconds > REPEAT_AFTER);
