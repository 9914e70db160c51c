import { createHash } from 'node:crypto';
import { type AlertRule, INSTALLATION, type ThresholdName, type Thresholds } from '../audit/index.ts';
import {
	findDrift,
	isAlertWatchLate,
	isClockSound,
	isDeliveryFailing,
	isLogLate,
	type LeaseSubject,
	type Plane,
	type ReportedState,
	selectRerequestedLeases,
	selectSpentLeases,
	selectUnclearedLeases,
	selectUnreportedGaps,
	selectUnreviewedLeases,
	type Transaction,
} from '../database/index.ts';
import type { Occurrence } from './open-alerts.ts';

/** Something that is wrong now. */
export interface AlertState extends Pick<Occurrence, 'subject' | 'firm' | 'actor' | 'lease' | 'count'> {
	/** Tells states of one subject apart: when the mark changes, the state is reported again. */
	readonly mark: string;
}

/** A rule about what the database shows now, which no audit entry tells. Severity, sentence and subject: src/audit/alert-rules.ts. */
export interface StateRule {
	readonly rule: AlertRule;
	/** OFTEN: in each check. SELDOM: once a minute, for a state that costs more to find or changes slowly. */
	readonly when: 'OFTEN' | 'SELDOM';
	/** How often a state that lasts is reported. A state that ends and comes back is reported again. */
	readonly reported: 'ONCE' | 'DAILY';
	/** A state never ends, and `find` returns only states that were not reported, so that many old states don't hide a new one. */
	readonly isPermanent?: true;
	/** A duty of the workers. It is not checked right after a start, when it may be late because no worker ran. */
	readonly isDuty?: true;
	/** DRIFT: findDriftStates(), which takes too long for the transaction of a check. */
	readonly find: FindStates | 'DRIFT';
}

type FindStates = (tx: Transaction, thresholds: Thresholds) => Promise<readonly AlertState[]>;

const INSTALLATION_STATE: AlertState = {
	subject: INSTALLATION,
	mark: '',
	firm: null,
	actor: null,
	lease: null,
	count: 1,
};

/** A state of each lease that `select` returns. */
const leases =
	(
		select: (tx: Transaction, threshold: number) => Promise<readonly LeaseSubject[]>,
		threshold: ThresholdName,
	): FindStates =>
	async (tx, thresholds) =>
		(await select(tx, thresholds[threshold])).map(({ id, firmId, requestedBy }) => ({
			...INSTALLATION_STATE,
			subject: id,
			firm: firmId,
			actor: requestedBy,
			lease: id,
		}));

/** A state of the installation while `isSo` holds. */
const installation =
	(isSo: (tx: Transaction, threshold: number) => Promise<boolean>, threshold: ThresholdName): FindStates =>
	async (tx, thresholds) =>
		(await isSo(tx, thresholds[threshold])) ? [INSTALLATION_STATE] : [];

const clockBack: FindStates = async (tx) => ((await isClockSound(tx)) ? [] : [INSTALLATION_STATE]);

/** A state of each process run with missing entries; if more are missing, its mark changes. */
const gaps: FindStates = async (tx) =>
	(await selectUnreportedGaps(tx, 'LOG_GAP')).map(({ run, missing }) => ({
		...INSTALLATION_STATE,
		subject: run,
		mark: missing,
		count: Number(missing),
	}));

export const STATE_RULES: readonly StateRule[] = [
	{ rule: 'BULK_READ_BUDGET', when: 'OFTEN', reported: 'ONCE', find: leases(selectSpentLeases, 'BUDGET_PERCENT') },
	{ rule: 'REFILED_WIDER', when: 'OFTEN', reported: 'ONCE', find: leases(selectRerequestedLeases, 'REFILED_HOURS') },
	{ rule: 'ORPHAN_GRANT', when: 'OFTEN', reported: 'DAILY', find: leases(selectUnclearedLeases, 'GRANT_SECONDS') },
	{ rule: 'LOG_GAP', when: 'OFTEN', reported: 'ONCE', isPermanent: true, find: gaps },
	{ rule: 'LOG_LATE', when: 'OFTEN', reported: 'DAILY', isDuty: true, find: installation(isLogLate, 'LATE_SECONDS') },
	{
		rule: 'ALERTS_LATE',
		when: 'OFTEN',
		reported: 'DAILY',
		isDuty: true,
		find: installation(isAlertWatchLate, 'LATE_SECONDS'),
	},
	{ rule: 'CLOCK_BACK', when: 'OFTEN', reported: 'DAILY', find: clockBack },
	{
		rule: 'DELIVERY_FAILED',
		when: 'OFTEN',
		reported: 'DAILY',
		find: installation(isDeliveryFailing, 'DELIVERY_ATTEMPTS'),
	},
	{
		rule: 'LEASE_UNREVIEWED',
		when: 'SELDOM',
		reported: 'DAILY',
		find: leases(selectUnreviewedLeases, 'UNREVIEWED_HOURS'),
	},
	{ rule: 'DATABASE_DRIFT', when: 'SELDOM', reported: 'DAILY', find: 'DRIFT' },
];

/**
 * A state of each area of the database's locks that has drifted; another drift of the area changes its mark. `sharedLogin`: in development
 * one login may serve all planes.
 */
export async function findDriftStates(plane: Plane, sharedLogin: boolean): Promise<readonly AlertState[]> {
	const drifted = await findDrift(plane, { sharedLogin });
	return drifted.map(({ area, fix }) => ({
		...INSTALLATION_STATE,
		subject: area,
		mark: createHash('sha256')
			.update(fix ?? '')
			.digest('hex'),
	}));
}

/** Seconds after which a state that lasts is reported again. */
const REPEAT_AFTER = 86_400;

export interface StateChanges {
	/** The states to report now. */
	readonly news: readonly AlertState[];
	/** The subjects of reported states that have ended. */
	readonly ended: readonly string[];
}

/** Compares the states that are found now with those that were reported before. */
export function stateChangesOf(
	{ reported: often, isPermanent }: Pick<StateRule, 'reported' | 'isPermanent'>,
	found: readonly AlertState[],
	before: readonly Pick<ReportedState, 'subject' | 'mark' | 'seconds'>[],
): StateChanges {
	const reported = new Map(before.map((state) => [state.subject, state]));
	const isNews = ({ subject, mark }: AlertState) => {
		const last = reported.get(subject);
		return last?.mark !== mark || (often === 'DAILY' && last.seconds > REPEAT_AFTER);
	};
	const subjects = new Set(found.map(({ subject }) => subject));
	return {
		news: found.filter(isNews),
		ended: isPermanent ? [] : [...reported.keys()].filter((subject) => !subjects.has(subject)),
	};
}
