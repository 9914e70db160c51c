import type { EntryDraft } from './entry.ts';

/** The append-only log of every opening, change and refusal of content. */
export interface AuditLog {
	/**
	 * Resolves with the ids of the entries when all of them are durable, never before. One call writes all entries or none. The content that
	 * they record may leave the process only afterwards.
	 * @throws FirmsealError AUDIT_UNAVAILABLE if the entries are not durable, or if that is unknown; INTERNAL if a draft does not follow
	 * FORMAT.md.
	 */
	append(drafts: readonly EntryDraft[]): Promise<readonly string[]>;
}
