import {
	GetObjectLegalHoldCommand,
	GetObjectLockConfigurationCommand,
	GetObjectRetentionCommand,
} from '@aws-sdk/client-s3';
import type { RetainedObjects } from '../../documents/index.ts';
import type { BucketAccess } from './bucket-access.ts';
import { versions } from './delete-objects.ts';
import { accessDeniedError } from './errors.ts';
import { type Setting, setting } from './setting.ts';

/** Tags checked in parallel. */
const AT_ONCE = 8;

/** Counts the tags with a version that no one can delete now. Takes one request for a bucket without Object Lock. */
export async function retained(access: BucketAccess, tags: readonly string[]): Promise<RetainedObjects | null> {
	if (tags.length === 0 || !(await locksObjects(access))) return null;
	const found = { objects: 0, until: null as Date | null, onHold: 0 };
	const waiting = [...tags];
	async function work(): Promise<void> {
		for (let tag = waiting.pop(); tag !== undefined; tag = waiting.pop()) {
			const { until, isOnHold } = await lockOf(access, tag);
			if (until === null && !isOnHold) continue;
			found.objects += 1;
			if (isOnHold) found.onHold += 1;
			if (until !== null && (found.until === null || until > found.until)) found.until = until;
		}
	}
	await Promise.all(Array.from({ length: AT_ONCE }, work));
	return found.objects > 0 ? found : null;
}

async function locksObjects({ client, bucket }: BucketAccess): Promise<boolean> {
	const answer = readable(await setting(() => client.send(new GetObjectLockConfigurationCommand({ Bucket: bucket }))));
	return answer?.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled';
}

/** The latest future retention date of the tag's versions, and whether one of them is on legal hold. */
async function lockOf(
	access: BucketAccess,
	tag: string,
): Promise<{ readonly until: Date | null; readonly isOnHold: boolean }> {
	const { client, bucket: Bucket } = access;
	let until: Date | null = null;
	let isOnHold = false;
	for await (const { Key, VersionId } of versions(access, `${tag}/`)) {
		const of = { Bucket, Key, VersionId };
		// The service has no answer for a delete marker, which can't be locked.
		const kept = readable(await setting(() => client.send(new GetObjectRetentionCommand(of))));
		const hold = readable(await setting(() => client.send(new GetObjectLegalHoldCommand(of))));
		const date = kept?.Retention?.RetainUntilDate;
		if (date && date.getTime() > Date.now() && (until === null || date > until)) until = date;
		if (hold?.LegalHold?.Status === 'ON') isOnHold = true;
	}
	return { until, isOnHold };
}

/** Throws if the setting can't be read, so that it is never taken for an unset one. */
function readable<Answer>({ value, isDenied }: Setting<Answer>): Answer | null {
	if (isDenied) throw accessDeniedError();
	return value;
}
