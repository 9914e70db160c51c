import { DeleteObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { mapErrors, ObjectStoreError, type PlaintextStore, type Removal } from '../../documents/index.ts';
import type { BucketAccess } from './bucket-access.ts';
import { type ClientOptions, createClient, IDLE_TIMEOUT } from './client.ts';
import { versions } from './delete-objects.ts';
import { errorName, statusOf, toObjectStoreError } from './errors.ts';
import { measure, read } from './read.ts';

export interface PlaintextS3Options extends ClientOptions {
	readonly bucket: string;
	/** Precedes the location in the key of each object; may be empty. */
	readonly prefix: string;
}

const explain = (error: unknown) => toObjectStoreError(error, 'FIRMSEAL_CLEAR_OBJECTS');

/** Unencrypted objects that another program has written to a bucket. Needs guardPlaintextStore(), which checks locations. */
export function openPlaintextS3Objects({
	bucket,
	prefix,
	idleTimeout = IDLE_TIMEOUT,
	...of
}: PlaintextS3Options): PlaintextStore {
	const access: BucketAccess = {
		client: createClient({ ...of, idleTimeout }),
		bucket,
		kmsKeyId: null,
		idleTimeout,
		retainDays: null,
	};
	const explained = <Answer>(work: () => Promise<Answer>): Promise<Answer> =>
		work().catch((error: unknown) => {
			throw explain(error);
		});
	return {
		measure: (location) => explained(() => measure(access, prefix + location)),
		read: (location, range, signal) => mapErrors(read(access, prefix + location, range, signal), explain),
		remove: (location) => explained(() => remove(access, prefix + location)),
	};
}

/** Deletes each version and delete marker by its id, because deleting an object by its name only hides it. */
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
			throw new ObjectStoreError(
				'REFUSED',
				'The object store still holds an object that was deleted: check the settings of the bucket.',
			);
	return { outcome };
}

/** null if the version is deleted, else its lock. `until` is null for a legal hold, or if the service names no date. */
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
		// If the version isn't locked, the role lacks the right to delete. Then the service's refusal is reported.
		const { ObjectLockMode, ObjectLockRetainUntilDate, ObjectLockLegalHoldStatus } = await client.send(
			new HeadObjectCommand(of),
		);
		if (ObjectLockMode === undefined && ObjectLockLegalHoldStatus !== 'ON') throw error;
		return { until: ObjectLockLegalHoldStatus === 'ON' ? null : (ObjectLockRetainUntilDate ?? null) };
	}
}
