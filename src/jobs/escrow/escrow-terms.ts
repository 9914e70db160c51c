import { encodeLine, hasKeys, parseLine } from './json-line.ts';
import { findPlanFlaw, type ShareHolder } from './plan.ts';
import { isDigest, isWhole } from './value-grammars.ts';

/** Who gets the shares of an escrow, and how many of them are needed: what an owner agrees to. */
export interface EscrowTerms {
	readonly holders: readonly ShareHolder[];
	readonly threshold: number;
}

/** The terms as a job has them, in canonical JSON: one text for the same terms. */
export const writeEscrowTerms = ({ holders, threshold }: EscrowTerms): string =>
	encodeLine({ holders: holders.map(({ name, recipient, side }) => ({ name, recipient, side })), threshold });

/** null: these are none. */
export function readEscrowTerms(text: string | null): EscrowTerms | null {
	const line = text === null ? null : parseLine(text, ['holders', 'threshold']);
	if (!line || !isHolders(line.holders) || typeof line.threshold !== 'number') return null;
	return findPlanFlaw(line.holders, line.threshold) === null
		? { holders: line.holders, threshold: line.threshold }
		: null;
}

/** Of what form; whether they make a plan, findPlanFlaw() says. */
export const isHolders = (value: unknown): value is readonly ShareHolder[] =>
	Array.isArray(value) &&
	value.every((holder) => hasKeys(holder, ['name', 'recipient', 'side']) && typeof holder.recipient === 'string');

/** What is recovered or rehearsed from, and for how long shares are waited for. */
export interface RecoveryTerms {
	/** SHA-256 of the escrow file, in lower-case hex. */
	readonly escrow: string;
	readonly minutes: number;
}

/** Minutes that a session lasts, at most. */
export const MAX_SESSION_MINUTES = 480;

export const writeRecoveryTerms = ({ escrow, minutes }: RecoveryTerms): string => encodeLine({ escrow, minutes });

/** null: these are none. */
export function readRecoveryTerms(text: string | null): RecoveryTerms | null {
	const line = text === null ? null : parseLine(text, ['escrow', 'minutes']);
	if (!line || !isDigest(line.escrow) || !isWhole(line.minutes, 1, MAX_SESSION_MINUTES)) return null;
	return { escrow: line.escrow, minutes: line.minutes };
}
