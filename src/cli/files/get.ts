import { lstat } from 'node:fs/promises';
import type { Config } from '../../config/index.ts';
import { FirmsealError } from '../../errors.ts';
import {
	credentialsOf,
	invalidApiAnswer,
	leaseCaller,
	operationCaller,
	RestartError,
	type RetryPolicy,
} from '../call/index.ts';
import type { CommandResult } from '../command.ts';
import { currentIo, stopSignal } from '../io.ts';
import { type ByteProgress, showBytes, sizeOf } from './byte-progress.ts';
import { type FetchedAnswer, fetchFile, requestFile } from './download.ts';
import { RESUME_HINT, withHint } from './file-errors.ts';
import { acquireLockFile } from './lock-file.ts';
import { safeFileName } from './names.ts';
import { assertPathFree, findParts, lockOf, partOf, removeOtherParts } from './part-file.ts';

export interface GetOptions {
	readonly version?: number;
	readonly out?: string;
	readonly force?: boolean;
	readonly lease?: string;
}

/** Fetches a file of a document, to `out` or to the document's name in the current directory. */
export async function get(config: Config, documentId: string, options: GetOptions): Promise<CommandResult> {
	const { version, out, force = false, lease } = options;
	const person = credentialsOf(config);
	const progress = showBytes('Fetched');
	const retry: RetryPolicy = { signal: stopSignal(), notify: progress.say, wasReached: false };
	const path = `/documents/${documentId}${version === undefined ? '' : `/versions/${version}`}/content`;
	const request = { path, lease, retry };
	let part: string | null = null;
	let release = async () => {};
	async function pathOf({ name, tag }: FetchedAnswer): Promise<string> {
		const file = out ?? safeFileName(name);
		await assertPathFree(file, force);
		await release();
		release = await acquireLockFile(lockOf(file));
		part = partOf(file, tag);
		await removeOtherParts(file, part);
		return file;
	}
	// Under a lease, each question counts towards the budget.
	const hashes = new Map<string, Promise<string | null>>();
	const hashOf = (versionId: string) => {
		const known = hashes.get(versionId) ?? askHash(config, versionId, lease);
		hashes.set(versionId, known);
		return known;
	};
	// Without a hash, what an earlier run left can't be verified, so that asking for the rest would be useless.
	const findPart = async () => {
		const found = out === undefined ? undefined : (await findParts(out)).find(({ size }) => size > 0);
		return found && (await hashOf(found.tag)) !== null ? found : null;
	};
	try {
		if (out === '-') {
			const answer = await requestFile(person, request);
			await writeToStandardOutput(answer, progress);
			return resultOf(documentId, answer, null, 0);
		}
		if (out !== undefined) await assertPathFree(out, force);
		const fetched = await fetchFile(person, request, { findPart, pathOf, hashOf, force, progress });
		return resultOf(documentId, fetched.answer, fetched.path, fetched.resumedFrom);
	} catch (error) {
		const isKept = part !== null && (await lstat(part).catch(() => null))?.isFile();
		throw isKept ? withHint(error, RESUME_HINT) : error;
	} finally {
		progress.end();
		await release();
	}
}

/** `file`: null for standard output. */
const resultOf = (
	documentId: string,
	{ tag, total }: FetchedAnswer,
	file: string | null,
	resumedFrom: number,
): CommandResult => ({
	result: { documentId, versionId: tag, file, byteSize: total, resumedFrom },
	text: `Fetched ${sizeOf(total)}${file === null ? '' : ` to ${file}`}.`,
	hasWrittenOutput: file === null,
});

async function writeToStandardOutput({ pieces, total }: FetchedAnswer, progress: ByteProgress): Promise<void> {
	const { stdout } = currentIo();
	// The callback of each write has the same error.
	stdout.on('error', () => {});
	let done = 0;
	try {
		for await (const piece of pieces) {
			await new Promise<void>((resolve, reject) => {
				stdout.write(piece, (error) => (error ? reject(outputClosedError()) : resolve()));
			});
			done += piece.length;
			progress.reach(done, total);
		}
	} catch (error) {
		// What was written can't be taken back.
		throw error instanceof RestartError ? replacedError() : error;
	}
}

const outputClosedError = () =>
	new FirmsealError('BAD_USER_INPUT', 'Standard output was closed before the end of the file.');
const replacedError = () =>
	new FirmsealError(
		'CONFLICT',
		'The file was replaced, or the API refused its rest, after part of it had been sent. Start the download again.',
	);

async function askHash(config: Config, versionId: string, lease: string | undefined): Promise<string | null> {
	const operation = ['document-version-hash', { id: versionId }] as const;
	const { node } =
		lease === undefined
			? await operationCaller(config)(...operation)
			: (await leaseCaller(config, lease)(...operation)).data;
	const { sha256 = null } = (node ?? {}) as { readonly sha256?: unknown };
	if (sha256 === null) return null;
	if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) throw invalidApiAnswer();
	return sha256;
}
