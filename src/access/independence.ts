/** How an account of the platform got its role. */
export interface Introduction {
	/** The person who introduced the account, and the persons who then still counted behind that person. Empty if `init` named the account. */
	readonly introducedBy: readonly string[];
	/** Null for an account that is older than this record. */
	readonly introducedAt: Date | null;
}

/** A person who may be one of the two that a rule of two persons needs. */
export interface Voter extends Introduction {
	readonly person: string;
}

/** 30 days in milliseconds. For that long a new account does not count as independent of those who introduced it. */
const PROBATION_MS = 30 * 86_400_000;

export const isWithinProbation = (at: Date | null, now: Date): boolean =>
	at !== null && now.getTime() - at.getTime() < PROBATION_MS;

/** The persons behind a vote: the voter, and during probation those who introduced the voter. */
export const personsBehindVote = (of: Voter, now: Date): readonly string[] =>
	isWithinProbation(of.introducedAt, now) ? [of.person, ...of.introducedBy] : [of.person];

/**
 * Whether two persons count as two in every rule of two: no person is behind both votes. So a person on probation does not count beside an
 * introducer, nor beside another person on probation with the same introducer. `now` is the time of the database, which has the same rule
 * in counts_as_one() (drizzle/0006_people.sql).
 */
export function areIndependent(one: Voter, other: Voter, now: Date): boolean {
	const behind = personsBehindVote(one, now);
	return !personsBehindVote(other, now).some((person) => behind.includes(person));
}

/** How many voters, taken in order, are independent of all counted before and of everyone in `besides`. */
export function countIndependentVoters(voters: readonly Voter[], now: Date, besides: readonly Voter[] = []): number {
	const counted = [...besides];
	for (const voter of voters) if (counted.every((other) => areIndependent(voter, other, now))) counted.push(voter);
	return counted.length - besides.length;
}

/** Whether the account is older than 30 days. False if the time is not recorded. */
export const isPastProbation = ({ introducedAt }: Introduction, now: Date): boolean =>
	introducedAt !== null && now.getTime() - introducedAt.getTime() > PROBATION_MS;
