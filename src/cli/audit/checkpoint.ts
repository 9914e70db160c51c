import { hasNoHiddenCharacters } from '../../access/index.ts';
import type { Config } from '../../config/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type CallApi, invalidApiAnswer, operationCaller } from '../call/index.ts';
import type { CommandResult } from '../command.ts';
import { treeOf } from './tree.ts';

/** A checkpoint as the API shows it. */
export interface ApiCheckpoint {
	readonly origin: string;
	readonly size: number;
	/** 32 bytes in base64. */
	readonly root: string;
	readonly note: string;
	/** null for a checkpoint of the root tree. */
	readonly rootInclusion: {
		readonly index: number;
		readonly hashes: readonly string[];
		readonly note: string;
	} | null;
}

/**
 * The newest checkpoint of a tree, or the one of exactly `size` leaves. `firmId` null means the root tree. null if the tree has no such
 * checkpoint. @throws SetupError if the answer is not a checkpoint
 */
export async function findCheckpoint(
	ask: CallApi,
	firmId: string | null,
	size: number | null = null,
): Promise<ApiCheckpoint | null> {
	const { auditCheckpoint: shown } = await ask('audit-checkpoint', { firmId, size });
	if (shown === null) return null;
	if (!isCheckpoint(shown) || (firmId !== null) !== (shown.rootInclusion !== null)) throw invalidApiAnswer();
	return shown;
}

/** @throws FirmsealError NOT_FOUND */
export async function newestCheckpoint(ask: CallApi, firmId: string | null): Promise<ApiCheckpoint> {
	const checkpoint = await findCheckpoint(ask, firmId);
	if (checkpoint) return checkpoint;
	throw new FirmsealError('NOT_FOUND', 'No checkpoint of this log is published yet, or this person may not see it.');
}

export interface TreeOptions {
	readonly firm?: string;
	readonly root?: boolean;
}

/** Prints the newest checkpoint exactly as it was signed. */
export async function showCheckpoint(config: Config, { firm, root }: TreeOptions): Promise<CommandResult> {
	const ask = operationCaller(config);
	const checkpoint = await newestCheckpoint(ask, root ? null : await treeOf(ask, firm));
	// The caller adds the line end.
	return { result: { checkpoint }, text: checkpoint.note.replace(/\n$/, '') };
}

function isCheckpoint(shown: unknown): shown is ApiCheckpoint {
	const { origin, size, root, note, rootInclusion } = (shown ?? {}) as Partial<ApiCheckpoint>;
	if (!isText(origin) || !Number.isSafeInteger(size) || !isText(note)) return false;
	const head = `${origin}\n${size}\n${root}\n\n`;
	if (!note.startsWith(head) || !SIGNATURES.test(note.slice(head.length))) return false;
	return (
		rootInclusion === null ||
		(Number.isSafeInteger(rootInclusion?.index) && isText(rootInclusion?.note) && isHashes(rootInclusion?.hashes))
	);
}

/** The lines after a checkpoint's first three. Nothing else is allowed: no one has verified any other text, and it would be printed. */
const SIGNATURES = /^(?:\u2014 \S+ [A-Za-z0-9+/]+=*\n)+$/;

/** Whether a value is text that is safe to print on a terminal. */
export const isText = (text: unknown): text is string =>
	typeof text === 'string' && hasNoHiddenCharacters(text, 'LINES');

const isHashes = (hashes: unknown): boolean =>
	Array.isArray(hashes) && hashes.every((hash) => typeof hash === 'string' && /^[A-Za-z0-9+/]{43}=$/.test(hash));
