import { randomUUID } from 'node:crypto';
import {
	abandonUpload,
	clearPlaintextValues,
	clearRemovedVersion,
	insertResealing,
	isNamedElsewhere,
	type JobRow,
	lockRow,
	type MoveRow,
	type MovingFileRow,
	type NewObject,
	sealMovedFile,
	selectMovingFile,
	type Transaction,
	tables,
} from '../../database/index.ts';
import {
	isPlaintextLocation,
	MAX_FILE_BYTES,
	nameOfObject,
	objectSizeOf,
	type PlaintextStore,
	sealStream,
} from '../../documents/index.ts';
import { SetupError } from '../../errors.ts';
import { JobFailure, keyUse } from '../engine/index.ts';
import { FILE_CONTENT_CLASS, writeWithHeartbeat } from '../keys/index.ts';
import { columnMoveOf, fieldMoveOf, type MigrateParts, maintenanceRightOf } from './field-move.ts';
import { hashPlaintextObject, isSealedObject, openAndHashFile } from './hash-files.ts';
import type { Counts, MovePage, MoveStrategy, PlainRow, RowState } from './move-strategy.ts';
import { hashPlaintext } from './value-move-strategy.ts';

/** One file per page: a file may be long. */
const PAGE = { rows: 1, bytes: 1 } as const;

/** Prefix of the finding that counts objects that the store keeps; the day follows. */
export const LOCKED_UNTIL_PREFIX = 'locked until ';

/** Why a file can't be sealed: the name of the finding. */
type Unsealable = 'looksSealed' | 'invalid' | 'missing' | 'tooLarge' | 'otherSize';

/** Keeps a byte order mark: without it the text would name another object. */
const textOf = (plain: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(plain);

/** Files are sealed as an upload is, into a new object beside the plaintext object, which stays until CLEAR has compared both again. */
export function createFileMoveStrategy(parts: MigrateParts, job: JobRow): MoveStrategy {
	return {
		page: PAGE,
		// A file uploaded since has no plaintext object.
		isWhole: (state) => state === 'SAME' || state === 'SEALED_ONLY',
		// ABSENT may be the work of a killed worker; clearFile() tells it from an object that no one has removed.
		mayClear: (state) => state === 'SAME' || state === 'ABSENT' || state === 'REMOVED',
		isInTable: false,
		seal: (rows) => eachOf(rows, (row) => sealFile(parts, job, row)),
		async compare(rows) {
			const states = new Map<string, RowState>();
			const keys = new Set<number>();
			for (const row of rows) {
				const { state, keyVersion } = await compareFile(parts, job, row);
				if (state !== null) states.set(row.id, state);
				if (keyVersion !== null) keys.add(keyVersion);
			}
			return { states, keys: [...keys].map((version) => keyUse(FILE_CONTENT_CLASS, version)) };
		},
		clear: (rows, isAgain) => eachOf(rows, (row) => clearFile(parts, job, row, isAgain)),
	};
}

/** @throws JobFailure NO_CLEAR_OBJECTS */
const requirePlaintextStore = ({ openPlaintextStore }: MigrateParts): Promise<PlaintextStore> =>
	openPlaintextStore().catch((error: unknown) => {
		throw error instanceof SetupError ? new JobFailure('NO_CLEAR_OBJECTS') : error;
	});

type OneFile = Partial<MovePage>;

async function eachOf(rows: readonly PlainRow[], work: (row: PlainRow) => Promise<OneFile>): Promise<MovePage> {
	const done: OneFile[] = [];
	for (const row of rows) done.push(await work(row));
	const findings: Record<string, number> = {};
	for (const [name, count] of done.flatMap((each) => Object.entries<number>(each.findings ?? {})))
		findings[name] = (findings[name] ?? 0) + count;
	return {
		left: done.flatMap(({ left = [] }) => left),
		findings,
		keys: done.flatMap(({ keys = [] }) => keys),
		async write(tx) {
			const ids: string[] = [];
			for (const { write } of done) if (write) ids.push(...(await write(tx)));
			return ids;
		},
	};
}

async function sealFile(parts: MigrateParts, job: JobRow, row: PlainRow): Promise<OneFile> {
	const clear = await requirePlaintextStore(parts);
	const file = await parts.read(job, (tx) => selectMovingFile(tx, row.id));
	if (!file) return {};
	const location = textOf(row.plain);
	const why = await whyUnsealable(clear, location, file, parts.signal);
	if (typeof why === 'string') return { left: [row.id], findings: { [why]: 1 } };
	const { byteSize } = why;
	const maintenance = parts.maintenanceOf(job);
	const right = maintenanceRightOf(job);
	const { documentId } = file;
	const place = { firm: job.firmId, document: documentId, version: row.id };
	const sealer = await maintenance.sealFile(right, place);
	const object: NewObject = {
		tag: randomUUID(),
		firmId: job.firmId,
		documentId,
		versionId: row.id,
		clientId: null,
	};
	await parts.write(job, (tx) => insertResealing(tx, object, sealer.keyVersion));
	try {
		const name = nameOfObject(object.tag, sealer.start);
		const { stored, sha256 } = await writeWithHeartbeat(parts, job, object.tag, async (gone) => {
			const stream = sealStream(sealer, clear.read(location, { start: 0, end: byteSize }, gone));
			const options = { size: objectSizeOf(byteSize), signal: gone };
			return { stored: await parts.store.write(name, stream, options), sha256: stream.plaintext().sha256 };
		});
		const { file: fields } = fieldMoveOf(parts, job);
		if (!fields) throw new Error('The column is not declared as a file that moves.');
		const placing = async (of: typeof fields.ofVersion, id: string) => {
			const texts = { bucket: parts.store.bucket, objectKey: name, sha256 };
			const [bucket, objectKey, digest] = await maintenance.sealTexts(
				right,
				(['bucket', 'objectKey', 'sha256'] as const).map((each) => ({ field: of[each], row: id, text: texts[each] })),
			);
			if (!bucket || !objectKey || !digest) throw new Error('The location of the file was not sealed.');
			return { bucket, objectKey, sha256: digest };
		};
		const ofVersion = await placing(fields.ofVersion, row.id);
		const ofDocument = await placing(fields.ofDocument, documentId);
		const moved = { id: row.id, hash: hashPlaintext(row.plain), sealed: ofVersion.objectKey, documentId, byteSize };
		return {
			keys: [keyUse(FILE_CONTENT_CLASS, sealer.keyVersion)],
			async write(tx) {
				const isLocked = await lockRow(tx, tables.documents, documentId, 'no key update');
				const of = { ...moved, tag: object.tag, stored, ofVersion, ofDocument };
				if (isLocked && (await sealMovedFile(tx, columnMoveOf(fieldMoveOf(parts, job), job), of))) return [row.id];
				// Someone was faster or has changed the file: the next round looks again.
				await abandonUpload(tx, object);
				return [];
			},
		};
	} catch (error) {
		await parts.write(job, (tx) => abandonUpload(tx, object)).catch(() => {});
		throw error;
	}
}

async function whyUnsealable(
	clear: PlaintextStore,
	location: string,
	{ byteSize }: MovingFileRow,
	signal: AbortSignal,
): Promise<Unsealable | { readonly byteSize: number }> {
	if (!isPlaintextLocation(location)) return 'invalid';
	const size = await clear.measure(location);
	if (size === null) return 'missing';
	if (size > MAX_FILE_BYTES) return 'tooLarge';
	if (await isSealedObject(clear, location, size, signal)) return 'looksSealed';
	return byteSize === size ? { byteSize } : 'otherSize';
}

/** `state` is null if the row was changed meanwhile. */
async function compareFile(
	parts: MigrateParts,
	job: JobRow,
	row: MoveRow,
): Promise<{ readonly state: RowState | null; readonly keyVersion: number | null }> {
	const none = { keyVersion: null };
	if (row.isDeleted) return { state: 'REMOVED', ...none };
	if (row.sealed === null) return { state: 'PLAIN_ONLY', ...none };
	const whole = await openAndHashFile(parts, job, row.id);
	if (typeof whole === 'string') return { state: whole === 'GONE' ? null : whole, ...none };
	const { sha256, keyVersion } = whole;
	if (row.plain === null) return { state: 'SEALED_ONLY', keyVersion };
	const location = textOf(row.plain);
	const clear = isPlaintextLocation(location)
		? await hashPlaintextObject(await requirePlaintextStore(parts), location, parts.signal)
		: null;
	return { state: clear === null ? 'ABSENT' : clear === sha256 ? 'SAME' : 'DIFFERENT', keyVersion };
}

/**
 * Removes the object with all its versions first, then the column that names it. If the worker is killed in between, the next one finds
 * that the object is gone.
 */
async function clearFile(parts: MigrateParts, job: JobRow, row: PlainRow, isAgain: boolean): Promise<OneFile> {
	const field = fieldMoveOf(parts, job);
	const moving = columnMoveOf(field, job);
	const location = textOf(row.plain);
	const { id, sealed } = row;
	const hash = hashPlaintext(row.plain);
	const write = async (tx: Transaction) => {
		if (!row.isDeleted) return sealed === null ? [] : clearPlaintextValues(tx, moving, [{ id, hash, sealed }]);
		return (await clearRemovedVersion(tx, field.coordinate, { id, hash })) ? [id] : [];
	};
	// If several rows name the same object, even of different firms, the last one removes it. A row that became the last meanwhile is done in
	// the next round.
	const isNamed = (tx: Transaction) => isNamedElsewhere(tx, field.coordinate, id);
	if (await parts.write(job, isNamed)) return { write: async (tx) => ((await isNamed(tx)) ? write(tx) : []) };
	if (!isPlaintextLocation(location)) return { left: [id], findings: { invalid: 1 } };
	const removal = await (await requirePlaintextStore(parts)).remove(location);
	if (removal.outcome === 'LOCKED') {
		const until = removal.until?.toISOString().slice(0, 10) ?? 'it is released';
		return { left: [id], findings: { [`${LOCKED_UNTIL_PREFIX}${until}`]: 1 } satisfies Counts };
	}
	// An object that is missing although no one has removed it may be elsewhere, so its location must not be forgotten.
	const isGone = removal.outcome === 'GONE' || (removal.outcome === 'ABSENT' && isAgain);
	return isGone ? { write } : { left: [id], findings: { missing: 1 } };
}
