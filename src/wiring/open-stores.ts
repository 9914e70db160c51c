import { join } from 'node:path';
import { type AnchorKind, openObjectAnchorStore } from '../adapters/anchors/index.ts';
import { openFilesystemObjects, openPlaintextFiles } from '../adapters/objects-filesystem/index.ts';
import type { AnchorStore } from '../audit-log/anchors/index.ts';
import type { Config } from '../config/index.ts';
import { guardPlaintextStore, guardStore, type ObjectStore, type PlaintextStore } from '../documents/index.ts';
import { SetupError } from '../errors.ts';
import { makeDataDirectory } from '../local-files/index.ts';

/** The directory of the object store, or null if the store is a bucket. */
export const objectsDirectory = ({ dataDir, objects }: Config): string | null =>
	objects.kind === 'filesystem' ? join(dataDir, 'objects') : null;

/** The directory of the anchors, or null if they are in a bucket. */
export const anchorsDirectory = ({ dataDir, anchors }: Config): string | null =>
	anchors.bucket === null ? join(dataDir, 'anchors') : null;

interface StoreOptions {
	/** Whether a missing directory is created; it is unless given. Without it, a missing directory reads as empty. */
	readonly createDirectory?: boolean;
}

async function openDirectory(
	dataDir: string,
	directory: string,
	{ createDirectory = true }: StoreOptions,
): Promise<ObjectStore> {
	if (createDirectory) makeDataDirectory(dataDir);
	return guardStore(await openFilesystemObjects({ directory, make: createDirectory }));
}

/** The object store of files. @throws SetupError if other users can reach its directory */
export async function openObjects(config: Config, opening: StoreOptions = {}): Promise<ObjectStore> {
	const { bucket, kmsKeyId } = config.objects;
	const directory = objectsDirectory(config);
	if (directory !== null) return openDirectory(config.dataDir, directory, opening);
	// Imported here because the S3 client takes half a second to load.
	const { openS3Objects } = await import('../adapters/objects-s3/index.ts');
	return guardStore(openS3Objects({ ...s3Of(config.aws), bucket: bucket ?? '', kmsKeyId }));
}

/** The settings guarantee that the region is set, and the bucket of files. */
const s3Of = ({ region, endpoints }: Config['aws']) => ({
	region: region ?? '',
	endpoint: endpoints.s3,
	sts: endpoints.sts,
	credentials: null,
});

/** The store of files in plaintext that are being moved into sealed objects. @throws SetupError if the settings don't name it, or if it can't be used */
export async function openPlaintextObjects({ objects, aws }: Config): Promise<PlaintextStore> {
	const { clear } = objects;
	if (clear === null)
		throw new SetupError(
			'FIRMSEAL_CLEAR_OBJECTS must be set to where the plaintext files are: a column of their locations is declared to be moved.',
		);
	if (!clear.startsWith('s3://')) return guardPlaintextStore(await openPlaintextFiles(clear));
	const [bucket = '', ...below] = clear.slice('s3://'.length).split('/');
	// With a slash at its end, so that no location leads outside of the prefix.
	const prefix = below.join('/').replace(/(?<=[^/])$/, '/');
	const { openPlaintextS3Objects } = await import('../adapters/objects-s3/index.ts');
	return guardPlaintextStore(openPlaintextS3Objects({ ...s3Of(aws), bucket, prefix }));
}

/** The store outside of the database for the log's anchors, or for another `kind` beside them. @throws SetupError if other users can reach its directory */
export async function openAnchors(
	config: Config,
	{ kind = 'anchor', ...opening }: StoreOptions & { readonly kind?: AnchorKind } = {},
): Promise<AnchorStore> {
	const { bucket, days: retainDays } = config.anchors;
	const { installation } = config;
	const directory = anchorsDirectory(config);
	if (directory !== null)
		return openObjectAnchorStore({
			objects: await openDirectory(config.dataDir, directory, opening),
			installation,
			kind,
		});
	const { openS3Objects } = await import('../adapters/objects-s3/index.ts');
	const objects = guardStore(openS3Objects({ ...s3Of(config.aws), kmsKeyId: null, bucket: bucket ?? '', retainDays }));
	return openObjectAnchorStore({ objects, installation, kind });
}
