/** How an account of the platform came to its role. */
export interface Introduction {
	/** Persons by whose word it has it: who asked, and by whose word they had theirs then. None: `init` named it. */
	readonly introducedBy: readonly string[];
	/** null: from before this was recorded. */
	readonly introducedAt: Date | null;
}

/** Someone who may be one of two. */
export interface Voter extends Introduction {
	readonly person: string;
}

/** 30 days in milliseconds: so long someone does not count beside who asked for them, and is not of long standing. */
const PROBATION = 30 * 86_400_000;

/** Whether it was less than 30 days ago. */
export const isWithinProbation = (at: Date | null, now: Date): boolean =>
	at !== null && now.getTime() - at.getTime() < PROBATION;

/** Persons for whom a yes of this one counts: their own, and while they are new those by whose word they are there. */
export const personsBehindVote = (of: Voter, now: Date): readonly string[] =>
	isWithinProbation(of.introducedAt, now) ? [of.person, ...of.introducedBy] : [of.person];

/**
 * Whether two count as two in every rule of two: other persons, of whom for 30 days neither is there by the word of the other, nor both by
 * the word of one. `now`: of the database, which has the same as counts_as_one() (drizzle/0006_people.sql).
 */
export function areIndependent(one: Voter, other: Voter, now: Date): boolean {
	const behind = personsBehindVote(one, now);
	return !personsBehindVote(other, now).some((person) => behind.includes(person));
}

/** How many of these count beside each other, taken in their order; none of them counts who isn't independent of all in `besides`. */
export function countIndependentVoters(voices: readonly Voter[], now: Date, besides: readonly Voter[] = []): number {
	const counted = [...besides];
	for (const voice of voices) if (counted.every((other) => areIndependent(voice, other, now))) counted.push(voice);
	return counted.length - besides.length;
}

/** Whether someone has been there for over 30 days; of whom it isn't recorded is not said to be. */
export const isPastProbation = ({ introducedAt }: Introduction, now: Date): boolean =>
	introducedAt !== null && now.getTime() - introducedAt.getTime() > PROBATION;
