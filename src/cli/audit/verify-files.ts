import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { AuditProofError } from '../../audit/verify/index.ts';
import { type FileVerdict, judgeBundle, judgeProof, linesOf } from '../../audit/verify/log.ts';
import { nodeSha256 } from '../../audit-log/leader/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { CommandResult } from '../command.ts';
import { linesOfFindings } from './findings.ts';

/** Verifies a firm's exported log with its vkeys and nothing else. `since` is a file with an older checkpoint of the same log. */
export async function verifyBundleFile(
	file: string,
	vkeys: readonly string[],
	since: string | undefined,
): Promise<CommandResult> {
	const older = since === undefined ? [] : [{ name: since, bytes: await read(since) }];
	const verdict = await judgeBundle({
		name: file,
		lines: linesOf(piecesOf(file)),
		vkeys,
		sha256: nodeSha256,
		since: older,
	});
	const { says, found, facts, findings, isCut } = verdict;
	if (found === null) return refusalOf(verdict);
	const { origin, size, root, note, first, last, rootCheckpoint } = found;
	const text = [
		says,
		...facts.map(([label, fact]) => `${label.padEnd(12)}${fact}`),
		`checkpoint  keep it for the next --since:\n\n${note.trimEnd()}`,
		...linesOfFindings(findings),
	];
	const result = { origin, size, root: base64(root), note, first, last, rootCheckpoint: rootCheckpoint.note };
	return {
		result: { ...result, since: verdict.since, findings, isCut },
		text: text.join('\n'),
		problem: findings.length === 0 ? undefined : says,
	};
}

export async function verifyProof(file: string, vkeys: readonly string[]): Promise<CommandResult> {
	const verdict = await judgeProof({ name: file, bytes: new Uint8Array(await read(file)) }, vkeys);
	if (verdict.found === null) return refusalOf(verdict);
	const { leaf, index, checkpoint } = verdict.found;
	const { origin, size, note } = checkpoint;
	return { result: { origin, index, size, note, leaf }, text: `${verdict.says}\n${leaf}` };
}

/** A file that does not verify is a result of the command, not an error. */
const refusalOf = ({ says, refused }: FileVerdict<unknown>): CommandResult => ({
	result: { verified: false, says: refused?.why ?? says },
	text: says,
	problem: says,
});

async function read(file: string): Promise<Uint8Array> {
	return readFile(file).catch((error: unknown) => {
		throw unreadableFileError(file, error);
	});
}

async function* piecesOf(file: string): AsyncGenerator<Uint8Array> {
	try {
		yield* createReadStream(file);
	} catch (error) {
		throw error instanceof AuditProofError ? error : unreadableFileError(file, error);
	}
}

const unreadableFileError = (file: string, error: unknown) =>
	new FirmsealError(
		'BAD_USER_INPUT',
		`${JSON.stringify(file)} can’t be read (${(error as { code?: string }).code ?? 'unknown'}).`,
	);

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
