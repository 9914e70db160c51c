import { encodeLine, hasKeys, parseLine } from './json-line.ts';
import { findPlanFlaw, type ShareHolder } from './plan.ts';
import { isDigest, isWhole } from './value-grammars.ts';

/** The holders of an escrow's shares, and how many shares are needed: what an owner approves. */
export interface EscrowTerms {
	readonly holders: readonly ShareHolder[];
	readonly threshold: number;
}

/** The text of the terms in a job's row, in canonical JSON. Equal terms give equal text. */
export const writeEscrowTerms = ({ holders, threshold }: EscrowTerms): string =>
	encodeLine({ holders: holders.map(({ name, recipient, side }) => ({ name, recipient, side })), threshold });

/** null if the text is not valid terms. */
export function readEscrowTerms(text: string | null): EscrowTerms | null {
	const line = text === null ? null : parseLine(text, ['holders', 'threshold']);
	if (!line || !isHolders(line.holders) || typeof line.threshold !== 'number') return null;
	return findPlanFlaw(line.holders, line.threshold) === null
		? { holders: line.holders, threshold: line.threshold }
		: null;
}

/** Checks only the form; findPlanFlaw() checks the plan. */
export const isHolders = (value: unknown): value is readonly ShareHolder[] =>
	Array.isArray(value) &&
	value.every((holder) => hasKeys(holder, ['name', 'recipient', 'side']) && typeof holder.recipient === 'string');

/** The escrow of a recovery or drill, and how long the worker waits for shares. */
export interface RecoveryTerms {
	/** SHA-256 of the escrow file, in lower-case hex. */
	readonly escrow: string;
	readonly minutes: number;
}

/** Most minutes of a session. */
export const MAX_SESSION_MINUTES = 480;

export const writeRecoveryTerms = ({ escrow, minutes }: RecoveryTerms): string => encodeLine({ escrow, minutes });

/** null if the text is not valid terms. */
export function readRecoveryTerms(text: string | null): RecoveryTerms | null {
	const line = text === null ? null : parseLine(text, ['escrow', 'minutes']);
	if (!line || !isDigest(line.escrow) || !isWhole(line.minutes, 1, MAX_SESSION_MINUTES)) return null;
	return { escrow: line.escrow, minutes: line.minutes };
}
