import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
	DeleteObjectCommand,
	ListObjectVersionsCommand,
	PutBucketVersioningCommand,
	PutObjectCommand,
	PutObjectRetentionCommand,
} from '@aws-sdk/client-s3';
import type { Sql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import type { Ask } from '../../support/ask.ts';
import { makeBucket, type Service } from '../../support/buckets.ts';
import { makeDocument } from '../../support/files.ts';
import type { TestFirm, TestInstallation } from '../../support/installation.ts';
import { asOldProgram } from './working.ts';

/** The plaintext files of a program, as its operator sees them. */
export interface OldStore {
	/** Settings for Firmseal: where the plaintext files are, and where encrypted objects go. */
	readonly settings: Readonly<Record<string, string>>;
	put(location: string, bytes: Uint8Array): Promise<void>;
	/** Removes an object, as a mistake would. */
	lose(location: string): Promise<void>;
	/** The number of versions of an object. */
	count(location: string): Promise<number>;
	remove(): void;
}

export function oldDirectory(): OldStore & { readonly directory: string } {
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-clear-'));
	const files = () =>
		readdirSync(directory, { recursive: true, withFileTypes: true })
			.filter((entry) => !entry.isDirectory())
			.map(({ parentPath, name }) => join(parentPath, name));
	return {
		directory,
		settings: { FIRMSEAL_CLEAR_OBJECTS: directory },
		async put(location, bytes) {
			mkdirSync(dirname(join(directory, location)), { recursive: true });
			writeFileSync(join(directory, location), bytes);
		},
		lose: async (location) => rmSync(join(directory, location)),
		count: async (location) => files().filter((path) => path === join(directory, location)).length,
		remove: () => rmSync(directory, { recursive: true, force: true }),
	};
}

/** Two buckets: the old one, which keeps versions and can lock objects, and one for encrypted objects. */
export async function oldBucket(
	service: Service,
): Promise<OldStore & { lock(location: string, until: Date): Promise<void> }> {
	const before = await makeBucket(service, { isLocked: true });
	const after = await makeBucket(service);
	const { client } = before;
	const { bucket: Bucket } = before.options;
	const of = (location: string) => ({ Bucket, Key: `files/${location}` });
	await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
	return {
		settings: {
			FIRMSEAL_OBJECTS: 's3',
			FIRMSEAL_S3_BUCKET: after.options.bucket,
			...(after.options.kmsKeyId && { FIRMSEAL_S3_KMS_KEY_ID: after.options.kmsKeyId }),
			FIRMSEAL_CLEAR_OBJECTS: `s3://${Bucket}/files`,
			AWS_REGION: service.region,
			AWS_ENDPOINT_URL: service.endpoint,
			AWS_ACCESS_KEY_ID: service.credentials.accessKeyId,
			AWS_SECRET_ACCESS_KEY: service.credentials.secretAccessKey,
		},
		async put(location, bytes) {
			await client.send(new PutObjectCommand({ ...of(location), Body: bytes }));
		},
		async lose(location) {
			await client.send(new DeleteObjectCommand(of(location)));
		},
		async count(location) {
			const { Key } = of(location);
			const page = await client.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key }));
			return [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].filter((each) => each.Key === Key).length;
		},
		async lock(location, until) {
			await client.send(
				new PutObjectRetentionCommand({
					...of(location),
					Retention: { Mode: 'COMPLIANCE', RetainUntilDate: until },
				}),
			);
		},
		remove() {},
	};
}

/** The old program's writes, by its own SQL, in the role of a firm's plane. */
export function oldProgram(installation: TestInstallation, store: OldStore) {
	const write = (firm: TestFirm, work: (tx: Sql) => Promise<unknown>) => asOldProgram(installation, firm, work);
	/** Adds a version of a document with the given location of its file. */
	async function addVersion(firm: TestFirm, document: string, location: string, size: number) {
		const version = uuidv7();
		const refused = await write(firm, async (tx) => {
			await tx`insert into document_versions (firm_id, id, document_id, author_id, number, byte_size, location_plain)
				select d.firm_id, ${version}, d.id, d.author_id,
					(select coalesce(max(v.number), 0) + 1 from document_versions v where v.document_id = d.id), ${size}, ${location}
				from documents d where d.id = ${document}`;
			await tx`update documents set version_id = ${version}, byte_size = ${size}, status = 'AVAILABLE' where id = ${document}`;
		});
		return { version, refused };
	}
	return {
		write,
		addVersion,
		/** A document with a file, as the old program makes it. */
		async upload(ask: Ask, firm: TestFirm, bytes: Uint8Array, location = `2019/${uuidv7()}/Lease of a flat.pdf`) {
			const document = await makeDocument(ask, firm.member);
			await store.put(location, bytes);
			const { version, refused } = await addVersion(firm, document, location, bytes.length);
			if (refused !== null) throw new Error(refused);
			return { document, version, location, bytes };
		},
	};
}
