import type { EntryDraft } from './entry.ts';

/** Where every opening, change and refusal of content is recorded. Append only: there is no other method. */
export interface AuditLog {
	/**
	 * Resolves with the ids of the entries when every one is durable, never before. All entries of one call are written, or none.
	 * Only then may what they record leave the process.
	 * @throws FirmsealError AUDIT_UNAVAILABLE when they could not be made durable, or it is unknown whether they were; INTERNAL when a draft is
	 * not as FORMAT.md has it.
	 */
	append(drafts: readonly EntryDraft[]): Promise<readonly string[]>;
}
