import { createHash } from 'node:crypto';
import type { AnchorStore, StoredAnchor } from './anchor-store.ts';
import { ANCHOR_FORMAT, type StoredAnchorHeader } from './lines.ts';

/** Bytes. Our headers and checkpoints are far shorter; anything longer was not written by Firmseal. */
const LONGEST_HEADER = 4_096;
const LONGEST_CHECKPOINT = 65_536;

export interface AnchorSummary extends StoredAnchor {
	/** null if the first line is not a header. */
	readonly header: StoredAnchorHeader | null;
	/** The note of the last line; null if that line is not a checkpoint. */
	readonly checkpoint: string | null;
}

/** Reads a whole anchor in little memory. null if there is no anchor with this number. Nothing in the result is verified yet. */
export async function readAnchorSummary(
	store: AnchorStore,
	number: number,
	signal: AbortSignal,
): Promise<AnchorSummary | null> {
	const pieces = await store.read(number, signal);
	if (pieces === null) return null;
	const hash = createHash('sha256');
	let size = 0;
	let start = Buffer.alloc(0);
	let end = Buffer.alloc(0);
	for await (const piece of pieces) {
		hash.update(piece);
		size += piece.length;
		if (start.length < LONGEST_HEADER) start = Buffer.concat([start, piece.subarray(0, LONGEST_HEADER)]);
		end = Buffer.concat([end.subarray(-LONGEST_CHECKPOINT), piece.subarray(-LONGEST_CHECKPOINT)]);
	}
	return { size, sha256: hash.digest(), header: headerOf(firstLine(start)), checkpoint: checkpointOf(lastLine(end)) };
}

const firstLine = (start: Buffer): unknown => parsed(start.subarray(0, Math.max(start.indexOf('\n'), 0)));

function lastLine(end: Buffer): unknown {
	if (end.at(-1) !== 0x0a) return null;
	const before = end.lastIndexOf('\n', -2);
	return before === -1 ? null : parsed(end.subarray(before + 1, -1));
}

function parsed(bytes: Buffer): unknown {
	try {
		return JSON.parse(bytes.toString());
	} catch {
		return null;
	}
}

function headerOf(value: unknown): StoredAnchorHeader | null {
	if (!hasKeys(value, 'format', 'incarnation', 'installation', 'number', 'previous', 'v')) return null;
	const { format, incarnation, installation, number, previous, v } = value;
	if (format !== ANCHOR_FORMAT || v !== 1 || typeof installation !== 'string') return null;
	if (!Number.isSafeInteger(incarnation) || !Number.isSafeInteger(number)) return null;
	if (previous !== null && typeof previous !== 'string') return null;
	return { incarnation: incarnation as number, installation, number: number as number, previous };
}

function checkpointOf(value: unknown): string | null {
	if (!hasKeys(value, 'checkpoint')) return null;
	return typeof value.checkpoint === 'string' ? value.checkpoint : null;
}

function hasKeys(value: unknown, ...keys: readonly string[]): value is Readonly<Record<string, unknown>> {
	return (
		value instanceof Object &&
		Object.keys(value).length === keys.length &&
		keys.every((key) => Object.hasOwn(value, key))
	);
}
