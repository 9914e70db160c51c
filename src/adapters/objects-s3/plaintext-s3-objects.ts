import { DeleteObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { ObjectStoreError, type PlaintextStore, type Removal } from '../../documents/index.ts';
import type { BucketAccess } from './bucket-access.ts';
import { type ClientOptions, createClient, IDLE_TIMEOUT } from './client.ts';
import { versions } from './delete-objects.ts';
import { errorName, statusOf, toObjectStoreError } from './errors.ts';
import { measure, read } from './read.ts';

export interface PlaintextS3Options extends ClientOptions {
	readonly bucket: string;
	/** What the key of each object begins with before its location; may be empty. */
	readonly prefix: string;
}

const SETTING = 'FIRMSEAL_CLEAR_OBJECTS';

/** Objects in the clear that another program has written to a bucket. To be guarded: locations are checked there. */
export function openPlaintextS3Objects({
	bucket,
	prefix,
	idleTimeout = IDLE_TIMEOUT,
	...of
}: PlaintextS3Options): PlaintextStore {
	const access: BucketAccess = {
		client: createClient({ ...of, idleTimeout: idleTimeout }),
		bucket,
		encryption: { kmsKeyId: null },
		idleTimeout: idleTimeout,
		retainDays: null,
	};
	const explained = <Answer>(work: () => Promise<Answer>): Promise<Answer> =>
		work().catch((error: unknown) => {
			throw toObjectStoreError(error, SETTING);
		});
	return {
		measure: (location) => explained(() => measure(access, prefix + location)),
		async *read(location, range, signal) {
			try {
				yield* read(access, prefix + location, range, signal);
			} catch (error) {
				throw toObjectStoreError(error, SETTING);
			}
		},
		remove: (location) => explained(() => remove(access, prefix + location)),
	};
}

/** Each version by its id, the marks of deletions too: what is deleted by name alone is only hidden. */
async function remove(access: BucketAccess, key: string): Promise<Removal> {
	let lock: { readonly until: Date | null } | null = null;
	let outcome: 'GONE' | 'ABSENT' = 'ABSENT';
	for await (const { Key, VersionId } of versions(access, key)) {
		if (Key !== key) continue;
		outcome = 'GONE';
		const held = await deleteVersion(access, key, VersionId);
		if (held && (lock === null || (held.until?.getTime() ?? 0) > (lock.until?.getTime() ?? 0))) lock = held;
	}
	if (lock !== null) return { outcome: 'LOCKED', until: lock.until };
	for await (const { Key } of versions(access, key))
		if (Key === key)
			throw new ObjectStoreError('REFUSED', 'The object store keeps what it was told to delete: see what keeps it.');
	return { outcome };
}

/** Until when a version is locked that can't be deleted, null by a legal hold or where that isn't said; null: it is gone. */
async function deleteVersion(
	{ client, bucket }: BucketAccess,
	key: string,
	version: string | undefined,
): Promise<{ readonly until: Date | null } | null> {
	const of = { Bucket: bucket, Key: key, VersionId: version };
	try {
		await client.send(new DeleteObjectCommand(of));
		return null;
	} catch (error) {
		if (errorName(error) !== 'AccessDenied' && statusOf(error) !== 403) throw error;
		// Without the right to delete anything no version is locked, and the service's refusal is what is reported.
		const { ObjectLockMode, ObjectLockRetainUntilDate, ObjectLockLegalHoldStatus } = await client.send(
			new HeadObjectCommand(of),
		);
		if (ObjectLockMode === undefined && ObjectLockLegalHoldStatus !== 'ON') throw error;
		return { until: ObjectLockLegalHoldStatus === 'ON' ? null : (ObjectLockRetainUntilDate ?? null) };
	}
}
