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
import { encryptionOf, isEncrypted, unencryptedBucketError } from './encryption.ts';
import type { UploadPart } from './part-buffers.ts';
import { retain, retentionOf } from './retention.ts';

/** A part in flight may arrive after an abort and would stay, so the abort is repeated. */
const MAX_ABORTS = 3;

/** Share of the idle timeout for all aborts. The caller is waiting for the error, and the worker removes the rest. */
const ABORT_SHARE = 1 / 3;

/** A multipart upload. The first part creates it. */
export class Multipart {
	readonly #access: BucketAccess;
	readonly #name: string;
	readonly #object: { readonly Bucket: string; readonly Key: string };
	readonly #signal: AbortSignal;
	readonly #parts: CompletedPart[] = [];
	#begun: Promise<string | undefined> | null = null;
	#uploadId: string | undefined;
	#checksum = 0;

	constructor(access: BucketAccess, name: string, signal: AbortSignal) {
		this.#access = access;
		this.#name = name;
		this.#object = { Bucket: access.bucket, Key: name };
		this.#signal = signal;
	}

	/** Call in the order of parts. The next part may be sent while one is in flight. */
	async send({ number, bytes }: UploadPart): Promise<void> {
		this.#checksum = crc32(bytes, this.#checksum);
		this.#begun ??= this.#begin().then(() => this.#uploadId);
		const UploadId = await this.#begun;
		const answer = await this.#access.client.send(
			new UploadPartCommand({
				...this.#object,
				UploadId,
				PartNumber: number,
				Body: bytes,
				ChecksumAlgorithm: 'CRC32',
			}),
			sending(this.#access, bytes.length, this.#signal),
		);
		const { ETag, ChecksumCRC32 } = answer;
		this.#parts.push({ PartNumber: number, ETag, ...(ChecksumCRC32 !== undefined && { ChecksumCRC32 }) });
	}

	/** Sends the last part, and completes the object of `bytes` bytes. */
	async end(last: UploadPart, bytes: number): Promise<void> {
		await this.send(last);
		const Parts = this.#parts.sort((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
		const ofWhole = Buffer.alloc(4);
		ofWhole.writeUInt32BE(this.#checksum);
		const { VersionId } = await this.#access.client.send(
			new CompleteMultipartUploadCommand({
				...this.#object,
				UploadId: this.#uploadId,
				MultipartUpload: { Parts },
				ChecksumCRC32: ofWhole.toString('base64'),
				ChecksumType: 'FULL_OBJECT',
				MpuObjectSize: bytes,
				IfNoneMatch: '*',
			}),
			{ abortSignal: this.#signal },
		);
		await retain(this.#access, this.#name, VersionId);
	}

	/** Removes the parts that have arrived. Call it when no part is in flight. delete() and sweep() remove what this can't. */
	async abort(): Promise<void> {
		const { client, idleTimeout } = this.#access;
		const soon = { abortSignal: AbortSignal.timeout(Math.ceil(idleTimeout * ABORT_SHARE)) };
		for (let aborts = 0; this.#uploadId !== undefined && aborts < MAX_ABORTS; aborts++) {
			const upload = { ...this.#object, UploadId: this.#uploadId };
			try {
				await client.send(new AbortMultipartUploadCommand(upload), soon);
				await client.send(new ListPartsCommand({ ...upload, MaxParts: 1 }), soon);
			} catch {
				return;
			}
		}
	}

	async #begin(): Promise<void> {
		const answer = await this.#access.client.send(
			new CreateMultipartUploadCommand({
				...this.#object,
				...encryptionOf(this.#access),
				...retentionOf(this.#access),
				Metadata: objectMetadata(this.#name),
				ChecksumAlgorithm: 'CRC32',
				ChecksumType: 'FULL_OBJECT',
			}),
			{ abortSignal: this.#signal },
		);
		this.#uploadId = answer.UploadId;
		if (!isEncrypted(this.#access, answer)) throw unencryptedBucketError();
	}
}
