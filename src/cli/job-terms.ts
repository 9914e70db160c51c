import { type JobRow, selectFirmByName, selectUsersByIds } from '../database/index.ts';
import { type Installation, PLATFORM } from '../installation.ts';
import { hashJob, readPersonTerms, readTerms } from '../lifecycle/index.ts';
import { markedRows } from './marked-rows.ts';
import { describePerson } from './person-terms.ts';

/** When an erasure may begin; null for any other job. */
export const notBeforeOf = ({ kind, terms }: Pick<JobRow, 'kind' | 'terms'>): Date | null =>
	kind === 'ERASE' ? (readTerms(terms)?.notBefore ?? null) : null;

/** All of a job that a second person agrees to: what its proof is of, and so its hash. */
export async function jobLines({ worker }: Pick<Installation, 'worker'>, job: JobRow): Promise<string> {
	const { id, kind, firmId, class: of, version, subject, askedBy, askedAt, askedOn, terms } = job;
	const { firm, asker } = await worker.read(null, async (tx) => ({
		firm: firmId === PLATFORM ? null : await selectFirmByName(tx, firmId),
		asker: askedBy === null ? null : (await selectUsersByIds(tx, [askedBy]))[0],
	}));
	const ofFirm = firm ? `${firm.name} (${firm.slug}), ${firmId}` : firmId;
	const by = asker ? `${asker.name} <${asker.email}>, account ${asker.id}` : 'no person';
	const person = readPersonTerms(terms);
	const given = (name: string, value: string | number | null) => (value === null ? [] : [[name, `${value}`] as const]);
	return markedRows([
		['job', id],
		['kind', kind],
		['firm', firmId === PLATFORM ? 'none: the platform, and so every firm' : ofFirm],
		['asked for by', `${by}, on ${askedAt.toISOString()} (${askedOn})`],
		...given('class', of),
		...given('version', version),
		...given('about', subject),
		...given('not before', notBeforeOf(job)?.toISOString() ?? null),
		...(person ? describePerson(person) : given('terms', terms)),
		['request hash', hashJob(job)],
	]);
}
