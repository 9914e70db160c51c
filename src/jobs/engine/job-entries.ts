import { type Act, type EntryDraft, type KeyUse, systemEntry } from '../../audit/index.ts';
import type { JobRow } from '../../database/index.ts';

type Of = Pick<JobRow, 'id' | 'firmId' | 'kind'>;

/** What the log says of a job as a whole (src/audit/FORMAT.md "Actions"). */
export const jobAct = (
	action: 'job.request' | 'job.agree' | 'job.cancel' | 'job.start' | 'job.end',
	{ id, firmId, kind }: Of,
	more: Pick<Act, 'decision' | 'reason'> = {},
): Act => ({ action, firm: firmId, coordinates: [`Job.${kind}`], records: [id], ...more });

/** What was done of a page; `records`: ids of the rows of which something was written. */
export const pageEntry = ({ id, firmId }: Of, page: Pick<Act, 'coordinates' | 'records' | 'keys'>): EntryDraft =>
	systemEntry('worker', { action: 'job.page', firm: firmId, ...page }, id);

/** Values that did not open, and stay as they are. */
export const failedEntry = ({ id, firmId }: Of, of: Pick<Act, 'coordinates' | 'records'>): EntryDraft =>
	systemEntry(
		'worker',
		{ action: 'content.fail', decision: 'FAILED', firm: firmId, reason: 'CIPHERTEXT_INVALID', ...of },
		id,
	);

/** A version that was used, made or moved, with no call of the keyring of its own. */
export const keyUse = (of: string, version: number): KeyUse => ({
	class: of,
	version,
	source: 'CACHE',
	requestId: null,
});
