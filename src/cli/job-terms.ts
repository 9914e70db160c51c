import type { JobRow } from '../database/index.ts';
import { type Installation, PLATFORM } from '../installation.ts';
import { goodUntil, hashJob, readPersonTerms, readTerms } from '../lifecycle/index.ts';
import { told } from './follow-jobs.ts';
import { markedRows } from './marked-rows.ts';
import { describePerson } from './person-terms.ts';
import { firmNamed, namesOf } from './shown-names.ts';

/** When an erasure may begin; null for any other job. */
export const notBeforeOf = ({ kind, terms }: Pick<JobRow, 'kind' | 'terms'>): Date | null =>
	kind === 'ERASE' ? (readTerms(terms)?.notBefore ?? null) : null;

/** A job as its command tells of it; of one that waits for a person, with the hash that they name. */
export const toldToAsker = (job: JobRow) => ({
	...told(job),
	...(job.state === 'WAITING' && { requestHash: hashJob(job) }),
});

/** JSON over several lines, unless that would leave anything of it out. */
function readable(terms: string): string {
	try {
		const value: unknown = JSON.parse(terms);
		return JSON.stringify(value) === terms ? JSON.stringify(value, null, 2) : terms;
	} catch {
		return terms;
	}
}

/** All of a job that a second person agrees to: what its proof is of, and so its hash. */
export async function jobLines({ worker }: Pick<Installation, 'worker'>, job: JobRow): Promise<string> {
	const { id, kind, state, firmId, class: of, version, subject, askedBy, askedAt, askedOn, terms } = job;
	const { firm, by } = await worker.read(null, async (tx) => ({
		firm: firmId === PLATFORM ? 'none: the platform, and so every firm' : await firmNamed(tx, firmId),
		by: askedBy === null ? 'no person' : (await namesOf(tx, [askedBy]))(askedBy),
	}));
	const person = readPersonTerms(terms);
	const given = (name: string, value: string | number | null) => (value === null ? [] : [[name, `${value}`] as const]);
	return markedRows([
		['job', id],
		['kind', kind],
		['state', state],
		['firm', firm],
		['asked for by', `${by}, on ${askedAt.toISOString()} (${askedOn})`],
		...given('good until', goodUntil(job)?.toISOString() ?? null),
		...given('class', of),
		...given('version', version),
		...given('about', subject),
		...given('not before', notBeforeOf(job)?.toISOString() ?? null),
		...(person ? describePerson(person) : given('terms', terms && readable(terms))),
		['request hash', hashJob(job)],
	]);
}
