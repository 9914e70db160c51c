import type { JobRow } from '../../database/index.ts';
import { firmNamed, hashOfRequest, namesOf } from '../../firms/index.ts';
import { consentTo, goodUntil, hashJob, readPersonTerms, readTerms } from '../../jobs/index.ts';
import { type Installation, PLATFORM } from '../../wiring/index.ts';
import { markedRows } from '../print/index.ts';
import { told } from './follow-jobs.ts';
import { describePerson } from './person-terms.ts';

/** When an erasure may begin; null for any other job. */
export const notBeforeOf = ({ kind, terms }: Pick<JobRow, 'kind' | 'terms'>): Date | null =>
	kind === 'ERASE' ? (readTerms(terms)?.notBefore ?? null) : null;

/** JSON over several lines, unless that would leave anything of it out. */
function readable(terms: string): string {
	try {
		const value: unknown = JSON.parse(terms);
		return JSON.stringify(value) === terms ? JSON.stringify(value, null, 2) : terms;
	} catch {
		return terms;
	}
}

/** A job as its command tells of it; of one that waits for a person, with the hash that they name. */
export const toldToAsker = (job: JobRow, { requestHash }: SeenJob) => ({
	...told(job),
	...(job.state === 'WAITING' && { requestHash }),
});

/** A job as a second person sees it. */
export interface SeenJob {
	readonly lines: string;
	/**
	 * What they agree to. An owner does it by the API, which shows ids and the hash of what a job's proof is of. An approver is shown names too,
	 * here, and so it is of them as well.
	 */
	readonly requestHash: string;
}

/** All of a job that a second person agrees to: what its proof is of, and so its hash. */
export async function seeJob({ worker }: Pick<Installation, 'worker'>, job: JobRow): Promise<SeenJob> {
	const { id, kind, state, firmId, class: of, version, subject, askedBy, askedAt, askedOn, terms } = job;
	const { firm, by } = await worker.read(null, async (tx) => ({
		firm: firmId === PLATFORM ? 'none: the platform, and so every firm' : await firmNamed(tx, firmId),
		by: askedBy === null ? 'no person' : (await namesOf(tx, [askedBy]))(askedBy),
	}));
	const requestHash =
		consentTo(job) === 'APPROVER' ? hashOfRequest('shown-job', [hashJob(job), firm, by]) : hashJob(job);
	const person = readPersonTerms(terms);
	const given = (name: string, value: string | number | null) => (value === null ? [] : [[name, `${value}`] as const]);
	const lines = markedRows([
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
		['request hash', requestHash],
	]);
	return { lines, requestHash };
}
