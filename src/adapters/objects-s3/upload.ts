import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { createThreadedHash, type StoredObject, type WriteOptions } from '../../documents/index.ts';
import { type BucketAccess, objectMetadata } from './bucket-access.ts';
import { sending } from './client.ts';
import { encryptionOf, isEncrypted, unencryptedBucketError } from './encryption.ts';
import { objectExistsError, statusOf } from './errors.ts';
import { Multipart } from './multipart.ts';
import { createPartBuffers } from './part-buffers.ts';
import { digestOf, retain, retentionOf } from './retention.ts';

/**
 * Writes an object: in one request if it fits into one part, else as a multipart upload, which the last request makes visible. The service
 * verifies checksums: SHA-256 for one request, CRC32 of each part and of the whole for a multipart upload.
 */
export async function upload(
	access: BucketAccess,
	name: string,
	body: AsyncIterable<Uint8Array>,
	{ size, signal }: WriteOptions,
): Promise<StoredObject> {
	// Not every service honours If-None-Match. This also reveals a problem with the bucket before anything is sent.
	if (await isThere(access, name, signal)) throw objectExistsError();
	const failing = new AbortController();
	const multipart = new Multipart(access, name, AbortSignal.any([signal, failing.signal]));
	const buffers = createPartBuffers({
		// A short body of known length needs no more memory than its length.
		sizeOf: (number) => Math.min(partSize(number), Math.max(size ?? Number.POSITIVE_INFINITY, 1)),
		send: (part) => multipart.send(part),
	});
	const hash = createThreadedHash();
	let bytes = 0;
	try {
		for await (const piece of body) {
			await hash.update(piece);
			bytes += piece.length;
			await buffers.add(piece);
		}
		const last = await buffers.last();
		const sha256 = await hash.digest();
		if (last.number === 1) await put(access, name, last.bytes, sha256, signal);
		else await multipart.end(last, bytes);
		return { size: bytes, sha256 };
	} catch (error) {
		failing.abort();
		await buffers.settled();
		await multipart.abort();
		throw error;
	} finally {
		hash.close();
	}
}

async function isThere({ client, bucket }: BucketAccess, name: string, abortSignal: AbortSignal): Promise<boolean> {
	try {
		await client.send(new HeadObjectCommand({ Bucket: bucket, Key: name }), { abortSignal });
		return true;
	} catch (error) {
		if (statusOf(error) === 404) return false;
		throw error;
	}
}

async function put(
	access: BucketAccess,
	name: string,
	bytes: Uint8Array,
	sha256: Uint8Array,
	signal: AbortSignal,
): Promise<void> {
	const { client, bucket } = access;
	const object = { Bucket: bucket, Key: name };
	const answer = await client.send(
		new PutObjectCommand({
			...object,
			...encryptionOf(access),
			...retentionOf(access),
			...digestOf(access, bytes),
			Body: bytes,
			Metadata: objectMetadata(name),
			ChecksumSHA256: Buffer.from(sha256).toString('base64'),
			IfNoneMatch: '*',
		}),
		sending(access, bytes.length, signal),
	);
	if (isEncrypted(access, answer)) return retain(access, name, answer.VersionId);
	// A process without the right to delete leaves this to the worker, which cleans up after every failed upload.
	await client.send(new DeleteObjectCommand({ ...object, VersionId: answer.VersionId })).catch(() => {});
	throw unencryptedBucketError();
}

const MIB = 2 ** 20;

/**
 * Parts grow, so that small objects need little memory and 512 GiB fit into the service's limit of 10,000 parts. They don't depend on the
 * announced length, so that a client can't make the server allocate large buffers.
 */
const GROWTH: readonly (readonly [parts: number, bytes: number])[] = [
	[1_000, 8 * MIB],
	[2_000, 16 * MIB],
];
const LARGEST = 64 * MIB;

/** Bytes of the part with this number, from 1. The last part may be shorter. */
export const partSize = (number: number): number => GROWTH.find(([parts]) => number <= parts)?.[1] ?? LARGEST;
