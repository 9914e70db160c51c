import { type JobRow, selectMovingFile } from '../../database/index.ts';
import {
	type ByteRange,
	createThreadedHash,
	nameOfObject,
	ObjectStoreError,
	type PlaintextStore,
	readChunks,
	readStart,
} from '../../documents/index.ts';
import { isFileUnreadable } from '../keys/index.ts';
import { fieldMoveOf, type MigrateParts, maintenanceRightOf } from './field-move.ts';

/** "FSDOC": the first bytes of every sealed object. src/envelope/FORMAT.md, section 8. */
const BEGINNING = Buffer.from('FSDOC\u0001\u0000\u0000', 'latin1');

/** True if an object that should be plaintext is a sealed object, of any firm. It is not sealed twice. */
export async function isSealedObject(
	clear: PlaintextStore,
	location: string,
	size: number,
	signal: AbortSignal,
): Promise<boolean> {
	if (size < BEGINNING.length) return false;
	const read: Uint8Array[] = [];
	for await (const piece of clear.read(location, { start: 0, end: BEGINNING.length }, signal))
		read.push(Uint8Array.from(piece));
	return BEGINNING.equals(Buffer.concat(read));
}

/** SHA-256 of a plaintext object, in hexadecimal; null if there is none. */
export async function hashPlaintextObject(
	clear: PlaintextStore,
	location: string,
	signal: AbortSignal,
): Promise<string | null> {
	const size = await clear.measure(location);
	if (size === null) return null;
	const range: ByteRange = { start: 0, end: size };
	try {
		return await hashed(async (update) => {
			for await (const piece of clear.read(location, range, signal)) await update(piece);
		});
	} catch (error) {
		if (error instanceof ObjectStoreError && error.reason === 'ABSENT') return null;
		throw error;
	}
}

async function hashed(feed: (update: (bytes: Uint8Array) => Promise<void>) => Promise<void>): Promise<string> {
	const hash = createThreadedHash();
	try {
		await feed((bytes) => hash.update(bytes));
		return Buffer.from(await hash.digest()).toString('hex');
	} finally {
		hash.close();
	}
}

interface WholeFile {
	/** SHA-256 of the file, in hexadecimal. */
	readonly sha256: string;
	readonly keyVersion: number;
}

/**
 * Opens a version's file to its last chunk, as a reader would, and compares it with its rows. UNOPENED or DIFFERENT: the file doesn't match
 * its rows. GONE: the rows have changed meanwhile.
 */
export async function openAndHashFile(
	parts: MigrateParts,
	job: JobRow,
	version: string,
): Promise<WholeFile | 'UNOPENED' | 'DIFFERENT' | 'GONE'> {
	const select = () => parts.read(job, (tx) => selectMovingFile(tx, version));
	const file = await select();
	if (!file?.objectKey) return 'GONE';
	try {
		return await openWhole(parts, job, version, { ...file, objectKey: file.objectKey });
	} catch (error) {
		if (!isFileUnreadable(error)) throw error;
		// The file was removed or re-encrypted meanwhile.
		const now = await select();
		return now?.objectKey && now.object?.tag === file.object?.tag ? 'UNOPENED' : 'GONE';
	}
}

type StoredFile = NonNullable<Awaited<ReturnType<typeof selectMovingFile>>> & { readonly objectKey: Uint8Array };

async function openWhole(
	parts: MigrateParts,
	job: JobRow,
	version: string,
	{ documentId, byteSize, objectKey, sha256, object, ofDocument }: StoredFile,
): Promise<WholeFile | 'UNOPENED' | 'DIFFERENT'> {
	const { file: fields } = fieldMoveOf(parts, job);
	if (!fields || !object || !sha256) return 'UNOPENED';
	const { store, signal } = parts;
	const maintenance = parts.maintenanceOf(job);
	const right = maintenanceRightOf(job);
	const { ofVersion, ofDocument: ofCopy } = fields;
	const name = await maintenance.locateFile(right, { field: ofVersion.objectKey, row: version, sealed: objectKey });
	const { start, layout } = await readStart(store, name, object.size, signal);
	if (name !== nameOfObject(object.tag, start) || layout.size !== byteSize) return 'UNOPENED';
	let keyVersion = 0;
	const digest = await hashed(async (update) => {
		const place = { firm: job.firmId, document: documentId, version };
		const opened = await maintenance.hashFile(right, place, start, { update });
		keyVersion = opened.keyVersion;
		for await (const { first, sealed } of readChunks(store, name, layout, signal)) await opened.update(first, sealed);
	});
	const said = [{ field: ofVersion.sha256, row: version, text: digest, sealed: sha256 }];
	// Only the next upload writes a missing copy. Until then only the version's fields are compared.
	if (ofDocument?.objectKey && ofDocument.sha256)
		said.push(
			{ field: ofCopy.objectKey, row: documentId, text: name, sealed: ofDocument.objectKey },
			{ field: ofCopy.sha256, row: documentId, text: digest, sealed: ofDocument.sha256 },
		);
	const { outcomes } = await maintenance.compare(
		right,
		said.map(({ text, ...each }) => ({ ...each, plaintext: Buffer.from(text) })),
	);
	const wrong = outcomes.find((outcome) => outcome !== 'SAME');
	return wrong === 'DIFFERENT' || wrong === 'UNOPENED' ? wrong : { sha256: digest, keyVersion };
}
