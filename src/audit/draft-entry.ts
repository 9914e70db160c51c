import type { EntryDraft } from './entry.ts';

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
