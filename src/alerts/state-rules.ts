import { createHash } from 'node:crypto';
import { type AlertRule, INSTALLATION, type Thresholds } from '../audit/index.ts';
import {
	findDrift,
	isAlertWatchLate,
	isClockSound,
	isDeliveryFailing,
	isLogLate,
	type LeaseSubject,
	type Plane,
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
	/** Which state of several: when it changes, it is told again. */
	readonly mark: string;
}

export interface StateRule {
	/** Each time, or once a minute: what costs more, or is not of seconds. */
	readonly when: 'OFTEN' | 'SELDOM';
	/** Told again once a day while it lasts; else once, however long it lasts. */
	readonly isRepeatedDaily: boolean;
	/** Never over, so that `look` shows only what was not told: of many none hides another. */
	readonly isPermanent?: boolean;
	readonly find: (tx: Transaction, thresholds: Thresholds) => Promise<AlertState[]>;
}

const ofLease = ({ id, firmId, requestedBy }: LeaseSubject): AlertState => ({
	subject: id,
	mark: '',
	firm: firmId,
	actor: requestedBy,
	lease: id,
	count: 1,
});

const INSTALLATION_STATE: AlertState = {
	subject: INSTALLATION,
	mark: '',
	firm: null,
	actor: null,
	lease: null,
	count: 1,
};
const stateIf = (isSo: boolean): AlertState[] => (isSo ? [INSTALLATION_STATE] : []);

/** Rules that no entry tells: what the database shows now. */
export const STATE_RULES = {
	BULK_READ_BUDGET: {
		when: 'OFTEN',
		isRepeatedDaily: false,
		find: async (tx, { BUDGET_PERCENT }) => (await selectSpentLeases(tx, BUDGET_PERCENT)).map(ofLease),
	},
	REFILED_WIDER: {
		when: 'OFTEN',
		isRepeatedDaily: false,
		find: async (tx, { REFILED_HOURS }) => (await selectRerequestedLeases(tx, REFILED_HOURS)).map(ofLease),
	},
	ORPHAN_GRANT: {
		when: 'OFTEN',
		isRepeatedDaily: true,
		find: async (tx, { GRANT_SECONDS }) => (await selectUnclearedLeases(tx, GRANT_SECONDS)).map(ofLease),
	},
	LOG_GAP: {
		when: 'OFTEN',
		isRepeatedDaily: false,
		isPermanent: true,
		find: async (tx) =>
			(await selectUnreportedGaps(tx, 'LOG_GAP')).map(({ run, missing }) => ({
				...INSTALLATION_STATE,
				subject: run,
				mark: missing,
				count: Number(missing),
			})),
	},
	LOG_LATE: {
		when: 'OFTEN',
		isRepeatedDaily: true,
		find: async (tx, { LATE_SECONDS }) => stateIf(await isLogLate(tx, LATE_SECONDS)),
	},
	ALERTS_LATE: {
		when: 'OFTEN',
		isRepeatedDaily: true,
		find: async (tx, { LATE_SECONDS }) => stateIf(await isAlertWatchLate(tx, LATE_SECONDS)),
	},
	CLOCK_BACK: { when: 'OFTEN', isRepeatedDaily: true, find: async (tx) => stateIf(!(await isClockSound(tx))) },
	DELIVERY_FAILED: {
		when: 'OFTEN',
		isRepeatedDaily: true,
		find: async (tx, { DELIVERY_ATTEMPTS }) => stateIf(await isDeliveryFailing(tx, DELIVERY_ATTEMPTS)),
	},
	LEASE_UNREVIEWED: {
		when: 'SELDOM',
		isRepeatedDaily: true,
		find: async (tx, { UNREVIEWED_HOURS }) => (await selectUnreviewedLeases(tx, UNREVIEWED_HOURS)).map(ofLease),
	},
} satisfies Partial<Record<AlertRule, StateRule>>;

export type StateRuleName = keyof typeof STATE_RULES;

/** Each area of the database's locks that has drifted; another drift of an area is another state. `sharedLogin`: as doctor's. */
export async function findDriftStates(plane: Plane, sharedLogin: boolean): Promise<AlertState[]> {
	const drifted = await findDrift(plane, { sharedLogin });
	return drifted.map(({ area, mend }) => ({
		...INSTALLATION_STATE,
		subject: area,
		mark: createHash('sha256')
			.update(mend ?? '')
			.digest('hex'),
	}));
}
