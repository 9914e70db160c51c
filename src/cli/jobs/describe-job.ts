import type { JobRow } from '../../database/index.ts';
import { hashApprovalRequest, loadAccountDisplayNames, loadFirmDisplayName } from '../../firms/index.ts';
import {
	hashJob,
	type PersonTerms,
	readEraseTerms,
	readPersonTerms,
	requiredApprovalFor,
	validUntil,
} from '../../jobs/index.ts';
import { type Installation, PLATFORM_FIRM_ID } from '../../wiring/index.ts';
import { markedRows } from '../print/index.ts';
import { jobSummary } from './follow-jobs.ts';

/** Everything about a person that an approver agrees to, as labels and values. */
export const describePerson = ({
	email,
	name,
	roles,
	person,
	said,
	sameAs,
	isNew,
	issuer,
	subject,
}: PersonTerms): (readonly [string, string])[] => [
	['name', name],
	['e-mail', email],
	['roles', `${roles.join(', ')}${isNew ? '' : ', in place of those that the account has'}`],
	[
		'person',
		`${person}${said === null ? '' : `, by ${said}`}, ${sameAs === null ? (isNew ? 'new' : 'as before') : `the same as ${sameAs}`}`,
	],
	['signs in as', `${subject}, at ${issuer}`],
];

/** When an erasure may begin. null for any other job. */
export const notBeforeOf = ({ kind, terms }: Pick<JobRow, 'kind' | 'terms'>): Date | null =>
	kind === 'ERASE' ? (readEraseTerms(terms)?.notBefore ?? null) : null;

/** The terms as indented JSON. Unchanged if parsing would lose a part of them. */
function readable(terms: string): string {
	try {
		const value: unknown = JSON.parse(terms);
		return JSON.stringify(value) === terms ? JSON.stringify(value, null, 2) : terms;
	} catch {
		return terms;
	}
}

/** The `--json` form of a requested job. If the job waits for a second person, it has the hash that this person must give. */
export const jobForRequester = (job: JobRow, { requestHash }: JobDescription) => ({
	...jobSummary(job),
	...(job.state === 'WAITING' && { requestHash }),
});

/** A job as the second person sees it before agreeing. */
export interface JobDescription {
	readonly lines: string;
	/**
	 * The hash that the second person agrees to. An owner agrees through the API, which shows ids: the hash covers what the job's proof covers.
	 * An approver sees names here as well, so the hash also covers the names.
	 */
	readonly requestHash: string;
}

/** Shows everything that the job's proof, and so its hash, covers. */
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
