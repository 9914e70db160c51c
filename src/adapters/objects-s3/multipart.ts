import { crc32 } from 'node:zlib';
import {
	AbortMultipartUploadCommand,
	type CompletedPart,
	CompleteMultipartUploadCommand,
	CreateMultipartUploadCommand,
	ListPartsCommand,
	UploadPartCommand,
} from '@aws-sdk/client-s3';
import { type BucketAccess, objectMetadata } from './bucket-access.ts';
import { sending } from './client.ts';
import { encryptionOf, isEncrypted, unencrypted } from './encryption.ts';
import type { UploadPart } from './part-buffers.ts';
import { keep, retentionOf } from './retention.ts';

/** An object that goes up in several requests. */
export interface Multipart {
	/** Parts come in order; the next may be sent while one is on its way. */
	send(part: UploadPart): Promise<void>;
	/** Sends the last, and makes the object of `bytes` bytes visible. */
	end(last: UploadPart, bytes: number): Promise<void>;
	/** Takes back what has arrived; to be called when nothing is on its way any more. What it can't take, delete and sweep do. */
	abort(): Promise<void>;
}

/** A part that was on its way may arrive after an abort, and would stay. */
const MOST_ABORTS = 3;

/** Of a patience: the caller waits to hear of a failure, and the worker takes whatever is left. */
const OF_PATIENCE = 1 / 3;

/** Begins with the first part. */
export function createMultipart(place: BucketAccess, name: string, signal: AbortSignal): Multipart {
	const { client, bucket, encryption, idleTimeout } = place;
	const object = { Bucket: bucket, Key: name };
	const parts: CompletedPart[] = [];
	let begun: Promise<string | undefined> | null = null;
	let uploadId: string | undefined;
	let checksum = 0;

	async function begin(): Promise<void> {
		const answer = await client.send(
			new CreateMultipartUploadCommand({
				...object,
				...encryptionOf(encryption),
				...retentionOf(place),
				Metadata: objectMetadata(name),
				ChecksumAlgorithm: 'CRC32',
				ChecksumType: 'FULL_OBJECT',
			}),
			{ abortSignal: signal },
		);
		uploadId = answer.UploadId;
		if (!isEncrypted(place, answer)) throw unencrypted();
	}

	async function send({ number, bytes }: UploadPart): Promise<void> {
		checksum = crc32(bytes, checksum);
		begun ??= begin().then(() => uploadId);
		const UploadId = await begun;
		const answer = await client.send(
			new UploadPartCommand({ ...object, UploadId, PartNumber: number, Body: bytes, ChecksumAlgorithm: 'CRC32' }),
			sending(place, bytes.length, signal),
		);
		const { ETag, ChecksumCRC32 } = answer;
		parts.push({ PartNumber: number, ETag, ...(ChecksumCRC32 !== undefined && { ChecksumCRC32 }) });
	}

	return {
		send,
		async end(last, bytes) {
			await send(last);
			const Parts = parts.sort((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
			const ofWhole = Buffer.alloc(4);
			ofWhole.writeUInt32BE(checksum);
			const { VersionId } = await client.send(
				new CompleteMultipartUploadCommand({
					...object,
					UploadId: uploadId,
					MultipartUpload: { Parts },
					ChecksumCRC32: ofWhole.toString('base64'),
					ChecksumType: 'FULL_OBJECT',
					MpuObjectSize: bytes,
					IfNoneMatch: '*',
				}),
				{ abortSignal: signal },
			);
			await keep(place, name, VersionId);
		},
		async abort() {
			const soon = { abortSignal: AbortSignal.timeout(Math.ceil(idleTimeout * OF_PATIENCE)) };
			for (let aborts = 0; uploadId !== undefined && aborts < MOST_ABORTS; aborts++) {
				try {
					await client.send(new AbortMultipartUploadCommand({ ...object, UploadId: uploadId }), soon);
					await client.send(new ListPartsCommand({ ...object, UploadId: uploadId, MaxParts: 1 }), soon);
				} catch {
					return;
				}
			}
		},
	};
}
