import type { JobRow } from '../../database/index.ts';
import { hashApprovalRequest, loadAccountDisplayNames, loadFirmDisplayName } from '../../firms/index.ts';
import { hashJob, readEraseTerms, readPersonTerms, requiredApprovalFor, validUntil } from '../../jobs/index.ts';
import { type Installation, PLATFORM_FIRM_ID } from '../../wiring/index.ts';
import { markedRows } from '../print/index.ts';
import { jobSummary } from './follow-jobs.ts';
import { describePerson } from './person-terms.ts';

/** When an erasure may begin; null for any other job. */
export const notBeforeOf = ({ kind, terms }: Pick<JobRow, 'kind' | 'terms'>): Date | null =>
	kind === 'ERASE' ? (readEraseTerms(terms)?.notBefore ?? null) : null;

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
export const jobForRequester = (job: JobRow, { requestHash }: JobDescription) => ({
	...jobSummary(job),
	...(job.state === 'WAITING' && { requestHash }),
});

/** A job as a second person sees it. */
export interface JobDescription {
	readonly lines: string;
	/**
	 * What they agree to. An owner does it by the API, which shows ids and the hash of what a job's proof is of. An approver is shown names too,
	 * here, and so it is of them as well.
	 */
	readonly requestHash: string;
}

/** All of a job that a second person agrees to: what its proof is of, and so its hash. */
export async function describeJob({ worker }: Pick<Installation, 'worker'>, job: JobRow): Promise<JobDescription> {
	const { id, kind, state, firmId, class: of, version, subject, askedBy, askedAt, askedOn, terms } = job;
	const { firm, by } = await worker.read(null, async (tx) => ({
		firm: firmId === PLATFORM_FIRM_ID ? 'none: the platform, and so every firm' : await loadFirmDisplayName(tx, firmId),
		by: askedBy === null ? 'no person' : (await loadAccountDisplayNames(tx, [askedBy]))(askedBy),
	}));
	const requestHash =
		requiredApprovalFor(job) === 'APPROVER' ? hashApprovalRequest('shown-job', [hashJob(job), firm, by]) : hashJob(job);
	const person = readPersonTerms(terms);
	const given = (name: string, value: string | number | null) => (value === null ? [] : [[name, `${value}`] as const]);
	const lines = markedRows([
		['job', id],
		['kind', kind],
		['state', state],
		['firm', firm],
		['asked for by', `${by}, on ${askedAt.toISOString()} (${askedOn})`],
		...given('good until', validUntil(job)?.toISOString() ?? null),
		...given('class', of),
		...given('version', version),
		...given('about', subject),
		...given('not before', notBeforeOf(job)?.toISOString() ?? null),
		...(person ? describePerson(person) : given('terms', terms && readable(terms))),
		['request hash', requestHash],
	]);
	return { lines, requestHash };
}
