import { createHash } from 'node:crypto';
import type { ErasureRow, ErasureTarget, JobRow } from '../../database/index.ts';
import type { WrappingKey } from '../../keys/index.ts';
import { readEraseTerms } from '../engine/index.ts';

/** What existed when an erasure began, and what stays. */
export interface Inventory {
	/** Rows to be erased, by table. */
	readonly rows: Readonly<Record<string, number>>;
	/** Rows that stay. They contain only ids, kinds, times and counts. */
	readonly kept: Readonly<Record<string, number>>;
}

export interface CertificateParts {
	readonly installation: string;
	readonly job: JobRow;
	readonly erasing: ErasureTarget;
	readonly erasure: ErasureRow;
	/** The destroyed data keys, and if the firm's own key had wrapped them. Empty for a client or a record, which destroy no key. */
	readonly keys: readonly { readonly class: string; readonly version: number; readonly ownKey: boolean }[];
	/** null if the erasure destroys no key, or if the key no longer exists. REFUSED if the key service refuses to describe it. */
	readonly wrappingKey: WrappingKey | 'REFUSED' | null;
	readonly at: Date;
}

export const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * A JSON text with counts of what was erased, and sentences about what is left and where. It contains only ids, counts and times. The log
 * keeps its SHA-256.
 */
export function writeCertificate({
	installation,
	job,
	erasing,
	erasure,
	keys,
	wrappingKey,
	at,
}: CertificateParts): string {
	const { days, notBefore } = readEraseTerms(job.terms) ?? {};
	const inventory = erasure.inventory ?? '{}';
	const told = certifiedKeyOf(wrappingKey, keys);
	return JSON.stringify({
		v: 1,
		installation,
		erasure: erasure.id,
		job: job.id,
		erased: { type: erasing.type, id: erasing.id, firm: erasing.firm },
		asked: { by: job.askedBy, on: job.askedOn, at: job.askedAt, agreedBy: job.agreedBy },
		waited: { days, notBefore },
		begunAt: erasure.begunAt,
		erasedAt: at,
		inventory: { ...(JSON.parse(inventory) as Inventory), sha256: sha256Hex(inventory) },
		objects: { unopened: erasure.unopened, unnamed: erasure.unnamed },
		keys: keys.map(({ class: of, version }) => ({ class: of, version, state: 'DESTROYED' })),
		wrappingKey: told,
		words: [...wordsOf(erasing, told), ...wordsOfObjects(erasure)],
	});
}

/**
 * The wrapping key after the erasure. LET_GO: the firm's own key, which no longer has a name or tag of ours. REFUSED: a key that the key
 * service refuses to describe.
 */
interface CertifiedKey {
	readonly isOwn: boolean;
	readonly state: WrappingKey['state'] | 'LET_GO' | 'REFUSED';
	readonly deletionAt: Date | null;
}

function certifiedKeyOf(key: WrappingKey | 'REFUSED' | null, keys: CertificateParts['keys']): CertifiedKey | null {
	const wasOwn = keys.some(({ ownKey }) => ownKey);
	if (key === null) return wasOwn ? { isOwn: true, state: 'LET_GO', deletionAt: null } : null;
	if (key === 'REFUSED') return { isOwn: wasOwn, state: 'REFUSED', deletionAt: null };
	return { isOwn: key.isOwn, state: key.state, deletionAt: key.isOwn ? null : (key.deletionAt ?? null) };
}

const wordsOf = ({ type }: ErasureTarget, wrappingKey: CertifiedKey | null): string[] =>
	type === 'Firm'
		? [
				'The database has no row with content of the firm, and the object store has none of its files, in any version.',
				'Every data key of the firm is overwritten. Older copies of the database, such as backups, lagging replicas and the write-ahead log, contain ciphertext and wrapped keys until they expire. They also contain the plaintext of columns and files that were not migrated yet when the copy was made.',
				wordOfKey(wrappingKey),
				'Any second wrapping key that an interrupted change had left was released: a key made by the platform is scheduled for deletion, and a key of the firm is for the firm to delete.',
				'What stays: entries of the audit log, leases without their texts, notices, jobs and the versions of keys. They contain ids, kinds, counts and times.',
				'Accounts of the firm’s people keep only their ids: name, e-mail address and sign-in are gone.',
			]
		: [
				'The database has no row of it, and the object store has none of its files, in any version. The firm’s keys stay, because they also protect other content.',
				'Older copies of the database, such as backups, lagging replicas and the write-ahead log, contain it until they expire, sealed under the firm’s keys. They also contain the plaintext of columns and files that were not migrated yet when the copy was made. After a restore it is erased again.',
				'What stays: entries of the audit log and jobs. They contain ids, kinds, counts and times.',
			];

const OWN =
	'until the firm deletes it, anyone whom the firm lets use it could open older copies of wrapped keys with it.';

function wordOfKey(key: CertifiedKey | null): string {
	if (key === null) return 'The firm no longer had a wrapping key.';
	const { isOwn, state, deletionAt } = key;
	if (isOwn && state === 'LET_GO')
		return `The wrapping key is the firm’s own and was released, not deleted: it no longer has a name or tag of ours, and ${OWN}`;
	if (isOwn)
		return `The wrapping key is the firm’s own and was not deleted. The key service did not let us remove our name from it: ${OWN}`;
	if (state === 'REFUSED')
		return 'The key service refuses to describe the wrapping key, so its final state is unknown.';
	const when = deletionAt ? ` on ${deletionAt.toISOString()}` : '';
	return `The wrapping key opens nothing from now on, and is destroyed${when}; after that, no one can open anything in any copy.`;
}

function wordsOfObjects({ unopened, unnamed }: ErasureRow): string[] {
	if (unopened === 0) return [];
	const closed = `The location of ${unopened} ${unopened === 1 ? 'file' : 'files'} could not be opened, because the key was refused or the row was damaged;`;
	return [
		unnamed === 0
			? `${closed} their objects were found by tag.`
			: `${closed} ${unnamed} of them had no tag either, so no one can say if an object of them is left. It would be ciphertext under a destroyed key.`,
	];
}
