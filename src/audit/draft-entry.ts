import type { EntryDraft } from './entry.ts';
import { MAX_RECORDS } from './leaf-schema.ts';

/** Whose act it was. */
export type AuditContext = Pick<EntryDraft, 'actor' | 'plane'> & Partial<Pick<EntryDraft, 'request' | 'document'>>;

/** What was done; lists that are left out are empty, everything else null. */
export type Act = Pick<EntryDraft, 'action'> & Partial<Omit<EntryDraft, keyof AuditContext>>;

/** An entry from what is known, ALLOWED unless the act says otherwise. */
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

/** An act of the program itself. `request`: what it is done for, where it is done for something. */
export const systemEntry = (plane: EntryDraft['plane'], act: Act, request: string | null = null): EntryDraft =>
	draftEntry({ actor: { kind: 'system', user: null, roles: [] }, plane, request }, act);

/** An act of a person who holds the installation's own settings: all that is known is the operating system's account. */
export const commandEntry = (account: string, act: Act): EntryDraft =>
	draftEntry({ actor: { kind: 'system', user: null, roles: [], account }, plane: 'cli' }, act);

/**
 * A draft with any number of records as drafts of at most 1,000 each, which say together what the one said; everything but
 * the records is in each of them. Repeats of a record or coordinate are dropped. The lists are copies: the caller may go
 * on filling its own.
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
