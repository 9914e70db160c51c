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
	/** null of the root tree. */
	readonly rootInclusion: {
		readonly index: number;
		readonly hashes: readonly string[];
		readonly note: string;
	} | null;
}

/** The newest of a tree, null the root tree, or that of exactly a size; null: there is none. @throws SetupError for an answer that is none. */
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
	throw new FirmsealError('NOT_FOUND', 'Nothing of this log is published yet, or it isn’t for this person.');
}

export interface TreeOptions {
	readonly firm?: string;
	readonly root?: boolean;
}

/** Shows the newest checkpoint as it was signed. */
export async function showCheckpoint(config: Config, { firm, root }: TreeOptions): Promise<CommandResult> {
	const ask = operationCaller(config);
	const checkpoint = await newestCheckpoint(ask, root ? null : await treeOf(ask, firm));
	// The line's end comes with the text.
	return { result: { checkpoint }, text: checkpoint.note.replace(/\n$/, '') };
}

function isCheckpoint(shown: unknown): shown is ApiCheckpoint {
	const { origin, size, root, note, rootInclusion } = (shown ?? {}) as Partial<ApiCheckpoint>;
	if (!isText(origin) || !Number.isSafeInteger(size) || !isText(note)) return false;
	const says = `${origin}\n${size}\n${root}\n\n`;
	if (!note.startsWith(says) || !SIGNATURES.test(note.slice(says.length))) return false;
	return (
		rootInclusion === null ||
		(Number.isSafeInteger(rootInclusion?.index) && isText(rootInclusion?.note) && isHashes(rootInclusion?.hashes))
	);
}

/** Below the three lines that a checkpoint has: any other would be someone's words, which no one has verified here. */
const SIGNATURES = /^(?:\u2014 \S+ [A-Za-z0-9+/]+=*\n)+$/;

/** Lines that can be shown on a terminal. */
export const isText = (text: unknown): text is string =>
	typeof text === 'string' && hasNoHiddenCharacters(text, 'LINES');

const isHashes = (hashes: unknown): boolean =>
	Array.isArray(hashes) && hashes.every((hash) => typeof hash === 'string' && /^[A-Za-z0-9+/]{43}=$/.test(hash));
