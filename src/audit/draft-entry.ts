import type { EntryDraft } from './entry.ts';
import { MAX_RECORDS } from './leaf-schema.ts';

/** The actor, and the request of the act. */
export type AuditContext = Pick<EntryDraft, 'actor' | 'plane'> & Partial<Pick<EntryDraft, 'request' | 'document'>>;

/** The act. An absent list is empty, every other absent property is null. */
export type Act = Pick<EntryDraft, 'action'> & Partial<Omit<EntryDraft, keyof AuditContext>>;

/** The decision is ALLOWED unless the act has another. */
export const draftEntry = ({ actor, plane, request = null, document = null }: AuditContext, act: Act): EntryDraft => ({
	decision: 'ALLOWED',
	firm: null,
	actor,
	plane,
	request,
	lease: null,
	document,
	coordinates: [],
	records: [],
	keys: [],
	reason: null,
	...act,
});

/** An act of the program itself. `request` is the request or job that caused the act, or null. */
export const systemEntry = (plane: EntryDraft['plane'], act: Act, request: string | null = null): EntryDraft =>
	draftEntry({ actor: { kind: 'system', user: null, roles: [] }, plane, request }, act);

/** An act of a person who runs commands on the installation. Only the operating system's account is known. */
export const commandEntry = (account: string, act: Act): EntryDraft =>
	draftEntry({ actor: { kind: 'system', user: null, roles: [], account }, plane: 'cli' }, act);

/**
 * Splits a draft with any number of records into drafts of at most 1,000 records each, which are equal in everything else. Drops repeated
 * records and coordinates. Copies the lists, so that the caller may change its own.
 */
export function chunkDraft(draft: EntryDraft): EntryDraft[] {
	const records = [...new Set(draft.records)];
	const coordinates = [...new Set(draft.coordinates)];
	const chunks: EntryDraft[] = [];
	for (let start = 0; start === 0 || start < records.length; start += MAX_RECORDS) {
		chunks.push({
			...draft,
			coordinates,
			records: records.slice(start, start + MAX_RECORDS),
			keys: [...draft.keys],
		});
	}
	return chunks;
}
