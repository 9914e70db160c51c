import { createHash } from 'node:crypto';
import { type AlertRule, INSTALLATION, type Thresholds } from '../audit/index.ts';
import {
	findDrift,
	isAlertWatchLate,
	isClockSound,
	isDeliveryFailing,
	isLogLate,
	type LeaseState,
	type Plane,
	selectLingeringLeases,
	selectRefiledLeases,
	selectSpentLeases,
	selectUnreviewedLeases,
	selectUntoldGaps,
	type Transaction,
} from '../database/index.ts';
import type { Occurrence } from './open-alerts.ts';

/** Something that is wrong now. */
export interface State extends Pick<Occurrence, 'subject' | 'firm' | 'actor' | 'lease' | 'count'> {
	/** Which state of several: when it changes, it is told again. */
	readonly mark: string;
}

export interface StateRule {
	/** Each time, or once a minute: what costs more, or is not of seconds. */
	readonly when: 'OFTEN' | 'SELDOM';
	/** Told again once a day while it lasts; else once, however long it lasts. */
	readonly again: boolean;
	/** Never over, so that `look` shows only what was not told: of many none hides another. */
	readonly lasts?: boolean;
	readonly look: (tx: Transaction, thresholds: Thresholds) => Promise<State[]>;
}

const ofLease = ({ id, firmId, requestedBy }: LeaseState): State => ({
	subject: id,
	mark: '',
	firm: firmId,
	actor: requestedBy,
	lease: id,
	count: 1,
});

const OF_INSTALLATION: State = {
	subject: INSTALLATION,
	mark: '',
	firm: null,
	actor: null,
	lease: null,
	count: 1,
};
const when = (isSo: boolean): State[] => (isSo ? [OF_INSTALLATION] : []);

/** Rules that no entry tells: what the database shows now. */
export const STATE_RULES = {
	BULK_READ_BUDGET: {
		when: 'OFTEN',
		again: false,
		look: async (tx, { BUDGET_PERCENT }) => (await selectSpentLeases(tx, BUDGET_PERCENT)).map(ofLease),
	},
	REFILED_WIDER: {
		when: 'OFTEN',
		again: false,
		look: async (tx, { REFILED_HOURS }) => (await selectRefiledLeases(tx, REFILED_HOURS)).map(ofLease),
	},
	ORPHAN_GRANT: {
		when: 'OFTEN',
		again: true,
		look: async (tx, { GRANT_SECONDS }) => (await selectLingeringLeases(tx, GRANT_SECONDS)).map(ofLease),
	},
	LOG_GAP: {
		when: 'OFTEN',
		again: false,
		lasts: true,
		look: async (tx) =>
			(await selectUntoldGaps(tx, 'LOG_GAP')).map(({ run, missing }) => ({
				...OF_INSTALLATION,
				subject: run,
				mark: missing,
				count: Number(missing),
			})),
	},
	LOG_LATE: {
		when: 'OFTEN',
		again: true,
		look: async (tx, { LATE_SECONDS }) => when(await isLogLate(tx, LATE_SECONDS)),
	},
	ALERTS_LATE: {
		when: 'OFTEN',
		again: true,
		look: async (tx, { LATE_SECONDS }) => when(await isAlertWatchLate(tx, LATE_SECONDS)),
	},
	CLOCK_BACK: { when: 'OFTEN', again: true, look: async (tx) => when(!(await isClockSound(tx))) },
	DELIVERY_FAILED: {
		when: 'OFTEN',
		again: true,
		look: async (tx, { DELIVERY_ATTEMPTS }) => when(await isDeliveryFailing(tx, DELIVERY_ATTEMPTS)),
	},
	LEASE_UNREVIEWED: {
		when: 'SELDOM',
		again: true,
		look: async (tx, { UNREVIEWED_HOURS }) => (await selectUnreviewedLeases(tx, UNREVIEWED_HOURS)).map(ofLease),
	},
} satisfies Partial<Record<AlertRule, StateRule>>;

export type StateRuleName = keyof typeof STATE_RULES;

/** Each area of the database's locks that has drifted; another drift of an area is another state. `sharedLogin`: as doctor's. */
export async function lookForDrift(plane: Plane, sharedLogin: boolean): Promise<State[]> {
	const drifted = await findDrift(plane, { sharedLogin });
	return drifted.map(({ area, mend }) => ({
		...OF_INSTALLATION,
		subject: area,
		mark: createHash('sha256')
			.update(mend ?? '')
			.digest('hex'),
	}));
}
