import type { AlertRule } from '../audit/index.ts';
import {
	type AlertWatch,
	claimAlertWatch,
	forgetToldState,
	keepToldStates,
	type Plane,
	selectToldStates,
	type ToldState,
	type Transaction,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { type OpenedAlert, openAlerts } from './open-alerts.ts';
import { lookForDrift, STATE_RULES, type State, type StateRule, type StateRuleName } from './states.ts';
import type { WatchParts } from './watch-entries.ts';
import { forgetOldMatches } from './windows.ts';

export interface StateLook {
	/** OFTEN: only what is of seconds; SELDOM: all. */
	readonly when: 'OFTEN' | 'SELDOM';
	/** Whether what this process does itself may be late: not right after a start, when nobody was there to do it. */
	readonly isDue: boolean;
	/** In development one login may serve all planes. */
	readonly sharedLogin: boolean;
}

export interface LookedStates {
	readonly opened: readonly OpenedAlert[];
	/** Why something could not be asked or told. */
	readonly failures: readonly unknown[];
}

/** Seconds after which what is still so is told again. */
const AGAIN = 86_400;

/** Late when nobody does what a worker does. */
const ofThisProcess: readonly StateRuleName[] = ['LOG_LATE', 'ALERTS_LATE'];

const ruleNames = Object.keys(STATE_RULES) as readonly StateRuleName[];

/**
 * Looks at what is wrong now, whatever made it so, and opens an alert for what begins to be: a state that lasts is told once, or once a
 * day. Of several at a time one looks. Throws nothing.
 */
export async function watchStates(parts: WatchParts, at: StateLook): Promise<LookedStates> {
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
			isAway ||= error instanceof FirmsealError && !(await answers(plane));
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
		const { when, look: find, ...of }: StateRule = STATE_RULES[rule];
		if ((when === 'SELDOM' && at.when !== 'SELDOM') || (ofThisProcess.includes(rule) && !at.isDue)) continue;
		await look(() => claimed(async (tx) => tell(tx, parts, { rule, ...of, states: await find(tx, thresholds) })));
	}
	if (at.when !== 'SELDOM') return { opened, failures };
	await look(async () => {
		const states = await lookForDrift(plane, at.sharedLogin);
		return claimed((tx) => tell(tx, parts, { rule: 'DATABASE_DRIFT', again: true, states }));
	});
	await look(() =>
		claimed(async (tx, { isBegun }) => {
			if (!isBegun) await forgetOldMatches(tx);
			return [];
		}),
	);
	return { opened, failures };
}

const answers = (plane: Plane): Promise<boolean> =>
	plane
		.read(null, async () => {})
		.then(
			() => true,
			() => false,
		);

interface Found {
	readonly rule: AlertRule;
	readonly again: boolean;
	readonly lasts?: boolean;
	readonly states: readonly State[];
}

async function tell(
	tx: Transaction,
	{ audit }: WatchParts,
	{ rule, again, lasts = false, states }: Found,
): Promise<OpenedAlert[]> {
	const told = new Map((await selectToldStates(tx, [rule])).map((state) => [state.subject, state]));
	for (const [subject, state] of lasts ? [] : told)
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
