import { join } from 'node:path';
import { type AnchorKind, openObjectAnchorStore } from '../adapters/anchors/index.ts';
import { openFilesystemObjects, openPlaintextFiles } from '../adapters/objects-filesystem/index.ts';
import type { AnchorStore } from '../audit-log/anchors/index.ts';
import type { Config } from '../config/index.ts';
import { guardPlaintextStore, guardStore, type ObjectStore, type PlaintextStore } from '../documents/index.ts';
import { SetupError } from '../errors.ts';
import { makeDataDirectory } from '../local-files/index.ts';

/** Where a store keeps what it is given on this machine; null: in a bucket. */
export const objectsDirectory = ({ dataDir, objects }: Config): string | null =>
	objects.kind === 'filesystem' ? join(dataDir, 'objects') : null;

/** The same of the anchors. */
export const anchorsDirectory = ({ dataDir, anchors }: Config): string | null =>
	anchors.bucket === null ? join(dataDir, 'anchors') : null;

interface StoreOptions {
	/** Whether a directory is made that isn't there; one that reads makes none, and finds it empty. */
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

/** Where the objects of files are. @throws SetupError for a directory that isn't ours alone. */
export async function openObjects(config: Config, opening: StoreOptions = {}): Promise<ObjectStore> {
	const { bucket, kmsKeyId } = config.objects;
	const directory = objectsDirectory(config);
	if (directory !== null) return openDirectory(config.dataDir, directory, opening);
	// Its client takes half a second to load.
	const { openS3Objects } = await import('../adapters/objects-s3/index.ts');
	return guardStore(openS3Objects({ ...s3Of(config.aws), bucket: bucket ?? '', kmsKeyId }));
}

/** The settings make sure of the region, and of the bucket of files. */
const s3Of = ({ region, endpoints }: Config['aws']) => ({
	region: region ?? '',
	endpoint: endpoints.s3,
	sts: endpoints.sts,
	credentials: null,
});

/** Where the files of before are, in the clear. @throws SetupError when the settings don't say, or it can't be used. */
export async function openPlaintextObjects({ objects, aws }: Config): Promise<PlaintextStore> {
	const { clear } = objects;
	if (clear === null)
		throw new SetupError(
			'FIRMSEAL_CLEAR_OBJECTS must be set: a column of locations is declared to be moved, and this says where its files lie.',
		);
	if (!clear.startsWith('s3://')) return guardPlaintextStore(await openPlaintextFiles(clear));
	const [bucket = '', ...below] = clear.slice('s3://'.length).split('/');
	// Whatever a location says, it stays below.
	const prefix = below.join('/').replace(/(?<=[^/])$/, '/');
	const { openPlaintextS3Objects } = await import('../adapters/objects-s3/index.ts');
	return guardPlaintextStore(openPlaintextS3Objects({ ...s3Of(aws), bucket, prefix }));
}

/** Where the log is anchored outside of the database, and what is kept there beside its anchors. @throws SetupError for a directory that isn't ours alone. */
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
