import { createHash } from 'node:crypto';
import type { ErasureRow, ErasureTarget, JobRow } from '../../database/index.ts';
import type { WrappingKey } from '../../keys/index.ts';
import { readEraseTerms } from '../engine/index.ts';

/** What there was when an erasure began, and what of it stays. */
export interface Inventory {
	/** Rows that go, by table. */
	readonly rows: Readonly<Record<string, number>>;
	/** Rows that stay, which hold ids, kinds, times and counts. */
	readonly kept: Readonly<Record<string, number>>;
}

export interface CertificateParts {
	readonly installation: string;
	readonly job: JobRow;
	readonly erasing: ErasureTarget;
	readonly erasure: ErasureRow;
	/** Data keys that are destroyed, and whether the firm's own key had wrapped them; of a client and a record none is. */
	readonly keys: readonly { readonly class: string; readonly version: number; readonly ownKey: boolean }[];
	/** null: none is concerned, or there is none any more. REFUSED: the key service refuses to say. */
	readonly wrappingKey: WrappingKey | 'REFUSED' | null;
	readonly at: Date;
}

export const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * What was erased, counted, and in words what is left where: a text of JSON, of which the log keeps the SHA-256. Ids, counts and times
 * alone.
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

/** The wrapping key at the end. LET_GO: the firm's own, of which no name and tag of ours is left. REFUSED: the firm's own, which it lets us ask for nothing. */
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
				'No row with content of the firm is left in the database, and none of its files in the object store, in any version.',
				'Every data key of the firm is overwritten. Copies of the database that are older, such as backups, replicas that lag and the write-ahead log, still hold ciphertext and wrapped keys until they expire, and in the clear what was in the clear when they were made: of a column or file from before its migration.',
				wordOfKey(wrappingKey),
				'A wrapping key that a change of it had left beside it was let go: one that was made here is scheduled for deletion, one that the firm had brought is the firm’s to delete.',
				'What stays: entries of the audit log, leases without their texts, notices, jobs and the numbers of keys. They hold ids, kinds, counts and times.',
				'Accounts of the firm’s people keep their ids; name, e-mail address and sign-in are gone.',
			]
		: [
				'No row of it is left in the database, and none of its files in the object store, in any version. The firm’s keys stay, for they are under other content too.',
				'Copies of the database that are older, such as backups, replicas that lag and the write-ahead log, hold it until they expire, sealed under the firm’s keys, and in the clear what was in the clear when they were made: of a column or file from before its migration. What a restore brings back is erased again.',
				'What stays: entries of the audit log and jobs. They hold ids, kinds, counts and times.',
			];

const OWN =
	'until the firm deletes it, older copies of wrapped keys could be opened with it, by whoever the firm lets use it.';

function wordOfKey(key: CertifiedKey | null): string {
	if (key === null) return 'The firm had no wrapping key any more.';
	const { isOwn, state, deletionAt } = key;
	if (isOwn && state === 'LET_GO')
		return `The wrapping key is the firm’s own and was let go, not deleted: no name and tag of ours is left on it, and ${OWN}`;
	if (isOwn)
		return `The wrapping key is the firm’s own and was not deleted. The key service did not let us take our name off it: ${OWN}`;
	if (state === 'REFUSED')
		return 'The key service refuses to say what the wrapping key is: nothing is known of its end.';
	const when = deletionAt ? ` on ${deletionAt.toISOString()}` : '';
	return `The wrapping key opens nothing from now on, and is destroyed${when}; from then on nothing in any copy can be opened by anybody.`;
}

function wordsOfObjects({ unopened, unnamed }: ErasureRow): string[] {
	if (unopened === 0) return [];
	const closed = `Of ${unopened} files the place could not be opened, because their key was refused or the row was damaged; they were found by their tags.`;
	if (unnamed === 0) return [closed];
	return [
		`Of ${unopened} files the place could not be opened, because their key was refused or the row was damaged; ${unnamed} of them had no tag either, so nobody can say whether an object of them is left. It would be ciphertext under a destroyed key.`,
	];
}
