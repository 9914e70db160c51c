import { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import type { ByteRange } from '../../documents/index.ts';
import type { BucketAccess } from './bucket-access.ts';
import { checkBucket } from './check-bucket.ts';
import { noAnswerError, objectAbsentError, objectTruncatedError, statusOf } from './errors.ts';

/** Size of an object in bytes; null if there is none. */
export async function measure(access: BucketAccess, name: string): Promise<number | null> {
	const { client, bucket } = access;
	try {
		const { ContentLength } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: name }));
		return ContentLength ?? 0;
	} catch (error) {
		if (statusOf(error) !== 404) throw error;
		// A missing bucket gives the same answer.
		await checkBucket(access);
		return null;
	}
}

export async function* read(
	access: BucketAccess,
	name: string,
	range: ByteRange,
	signal: AbortSignal,
): AsyncIterable<Uint8Array> {
	if (range.start === range.end) {
		if ((await measure(access, name)) === null) throw objectAbsentError();
		return;
	}
	const body = await request(access, name, range, signal);
	const pieces: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
	try {
		for (
			let next = await readWithTimeout(pieces, body, access.idleTimeout);
			!next.done;
			next = await readWithTimeout(pieces, body, access.idleTimeout)
		)
			yield next.value;
	} finally {
		// A connection that was left before the end of the body can't be reused.
		body.destroy();
	}
}

async function request(
	{ client, bucket }: BucketAccess,
	name: string,
	{ start, end }: ByteRange,
	abortSignal: AbortSignal,
) {
	const answer = await client.send(
		new GetObjectCommand({ Bucket: bucket, Key: name, Range: `bytes=${start}-${end - 1}` }),
		{ abortSignal },
	);
	const body = answer.Body;
	if (!(body instanceof Readable)) throw noAnswerError();
	if (answer.ContentLength === end - start && answer.ContentRange?.startsWith(`bytes ${start}-${end - 1}/`))
		return body;
	body.destroy();
	throw objectTruncatedError();
}

/** The SDK's timeout ends when the answer begins. This one doesn't run while the reader processes a piece. */
async function readWithTimeout(
	pieces: AsyncIterator<Uint8Array>,
	body: Readable,
	idleTimeout: number,
): Promise<IteratorResult<Uint8Array>> {
	const timer = setTimeout(() => body.destroy(noAnswerError()), idleTimeout);
	try {
		return await pieces.next();
	} finally {
		clearTimeout(timer);
	}
}
