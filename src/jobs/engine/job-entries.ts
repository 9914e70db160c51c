import { type Act, type EntryDraft, type KeyUse, systemEntry } from '../../audit/index.ts';
import type { JobRow } from '../../database/index.ts';

type Of = Pick<JobRow, 'id' | 'firmId' | 'kind'>;

/** The log's act about a whole job (src/audit/FORMAT.md "Actions"). */
export const jobAct = (
	action: 'job.request' | 'job.agree' | 'job.cancel' | 'job.start' | 'job.end',
	{ id, firmId, kind }: Of,
	more: Pick<Act, 'decision' | 'reason'> = {},
): Act => ({ action, firm: firmId, coordinates: [`Job.${kind}`], records: [id], ...more });

/** The log's entry about a page. `records`: ids of the rows that were written. */
export const pageEntry = ({ id, firmId }: Of, page: Pick<Act, 'coordinates' | 'records' | 'keys'>): EntryDraft =>
	systemEntry('worker', { action: 'job.page', firm: firmId, ...page }, id);

/** The log's entry about values that can't be opened and stay unchanged. */
export const failedEntry = ({ id, firmId }: Of, of: Pick<Act, 'coordinates' | 'records'>): EntryDraft =>
	systemEntry(
		'worker',
		{ action: 'content.fail', decision: 'FAILED', firm: firmId, reason: 'CIPHERTEXT_INVALID', ...of },
		id,
	);

/** A key version that was used, created or rewrapped without a recorded call to the key service. */
export const keyUse = (of: string, version: number): KeyUse => ({
	class: of,
	version,
	source: 'CACHE',
	requestId: null,
});
