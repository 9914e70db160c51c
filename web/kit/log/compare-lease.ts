import type { Sha256 } from '../../../src/audit/verify/log.ts';
import { hashOfOpening, type LeaseRecord, type LoggedStep, type Opening } from './log-records.ts';

/** A change of a lease, as the page shows it. */
export interface ShownStep {
	/** The action by which the log records it. */
	readonly action: string;
	readonly actor: string | null;
	/** Hash of the approved request; null if the step is not about one. */
	readonly hash: string | null;
	readonly at: string;
}

/** One lease as the page shows it. */
export interface ShownLease {
	readonly id: string;
	readonly steps: readonly ShownStep[];
	/** Those that the page has loaded. */
	readonly openings: readonly Opening[];
	/** How many there are, as the API says; null if it has not been asked. */
	readonly openingCount: number | null;
	/** Whether all pages of them are loaded. */
	readonly isWhole: boolean;
}

/** What the log says about a lease that the page shows. */
export interface LeaseCheck {
	/** Openings under the lease in the log. */
	readonly logged: number;
	/** Ids of shown openings that the log does not have, although it should. */
	readonly notInLog: readonly string[];
	/** Ids of shown openings that are too new for the checkpoint. */
	readonly waiting: readonly string[];
	/** Actions of shown steps that are too new for the checkpoint. */
	readonly stepsWaiting: readonly string[];
	/** Actions of shown steps that the log does not have, although it should. */
	readonly stepsNotInLog: readonly string[];
	/** Actions of steps that the log has, but the page does not show. */
	readonly stepsNotShown: readonly string[];
	/** Openings that the log has, but the API does not count; 0 if it was not asked. */
	readonly openingsNotShown: number;
	/** Whether all is as it should be. */
	readonly isRight: boolean;
	/** Whether every opening of the log is shown, so that the list is complete. */
	readonly isComplete: boolean;
}

/** Milliseconds between an entry and the first checkpoint that has it, at most, with the differences of clocks. */
const DELAY = 60_000;

interface CompareOptions {
	readonly record: LeaseRecord | null;
	/** When the verified checkpoint was made. */
	readonly signedAt: string;
	readonly sha256: Sha256;
}

const keyOf = (bytes: Uint8Array): string => bytes.join();

/** Compares what the page shows of a lease with the verified log, in both directions. */
export function compareLease(shown: ShownLease, { record, signedAt, sha256 }: CompareOptions): LeaseCheck {
	const isNew = ({ at }: { readonly at: string }) => Date.parse(at) > Date.parse(signedAt) - DELAY;
	const logged = new Set((record?.openings ?? []).map(keyOf));
	const seen = new Set<string>();
	const [waiting, notInLog]: [string[], string[]] = [[], []];
	for (const opening of shown.openings) {
		const key = keyOf(hashOfOpening(sha256, opening));
		// The same opening twice would hide that another is left out.
		if (logged.has(key) && !seen.has(key)) seen.add(key);
		else (isNew(opening) && !seen.has(key) ? waiting : notInLog).push(opening.id);
	}
	const steps = compareSteps(shown.steps, record, isNew);
	const count = record?.openings.length ?? 0;
	const left = shown.isWhole ? count - seen.size : count - (shown.openingCount ?? count);
	const openingsNotShown = Math.max(0, left);
	const isRight = notInLog.length + steps.stepsNotInLog.length + steps.stepsNotShown.length + openingsNotShown === 0;
	const isComplete = isRight && seen.size === count && waiting.length + steps.stepsWaiting.length === 0;
	return { logged: count, waiting, notInLog, ...steps, openingsNotShown, isRight, isComplete };
}

function compareSteps(
	shown: readonly ShownStep[],
	record: LeaseRecord | null,
	isNew: (step: ShownStep) => boolean,
): Pick<LeaseCheck, 'stepsWaiting' | 'stepsNotInLog' | 'stepsNotShown'> {
	const rest = [...(record?.steps ?? [])];
	const found: LoggedStep[] = [];
	const [stepsWaiting, stepsNotInLog]: [string[], string[]] = [[], []];
	for (const step of shown) {
		// The API names no person of the other side who has ended a lease: that it says less than the log is no contradiction.
		const at = rest.findIndex(
			({ action, actor, hash }) =>
				action === step.action &&
				(step.actor === null || actor === step.actor) &&
				(step.hash === null || hash === step.hash),
		);
		if (at !== -1) found.push(...rest.splice(at, 1));
		else (isNew(step) ? stepsWaiting : stepsNotInLog).push(step.action);
	}
	const notShown = rest.filter((step) => !found.some((one) => isRepeated(step, one)));
	return { stepsWaiting, stepsNotInLog, stepsNotShown: notShown.map(({ action }) => action) };
}

/** A revocation has a second entry if the row of the lease was held: the broker, or the person who tries again, finishes it. */
const isRepeated = ({ action, actor }: LoggedStep, one: LoggedStep): boolean =>
	action === 'lease.revoke' && one.action === action && (actor === one.actor || actor === null);
