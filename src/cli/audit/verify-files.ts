import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { AuditProofError } from '../../audit/verify/index.ts';
import { linesOf, openKeptCheckpoint, verifyBundle, verifyProofFile } from '../../audit/verify/log.ts';
import { nodeSha256 } from '../../audit-log/leader/index.ts';
import { createLogFindings, findingKindOf } from '../../audit-log/verify/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { CommandResult } from '../command.ts';
import { countOfFindings, linesOfFindings } from './findings.ts';

/** Verifies a firm's exported log with its vkeys and nothing else. `since` is a file with an older checkpoint of the same log. */
export async function verifyBundleFile(
	file: string,
	vkeys: readonly string[],
	since: string | undefined,
): Promise<CommandResult> {
	return judged('bundle', file, async () => {
		const older = since === undefined ? null : await openKeptCheckpoint(await read(since), vkeys);
		const lines = linesOf(piecesOf(file));
		const findings = createLogFindings();
		const onFlaw = (index: number, flaw: AuditProofError) => findings.add(findingKindOf(flaw), { index });
		const found = await verifyBundle(lines, { vkeys, sha256: nodeSha256, ...(older && { since: older }), onFlaw });
		const wrong = countOfFindings(findings);
		const { origin, size, root, note, first, last, rootCheckpoint } = found;
		const text = [
			`The log of ${origin} is complete and unchanged${wrong === null ? '.' : `, but has ${wrong} in its entries.`}`,
			`entries     ${size.toLocaleString('en')}${first === null ? '' : `, from ${first} to ${last}`}`,
			`root        ${base64(root)}`,
			...(older
				? [`since       the log begins with the ${older.size.toLocaleString('en')} entries of the older checkpoint`]
				: []),
			`checkpoint  keep it for the next --since:\n\n${note.trimEnd()}`,
			...linesOfFindings(findings.list),
		];
		const result = { origin, size, root: base64(root), note, first, last, rootCheckpoint: rootCheckpoint.note };
		return {
			result: { ...result, since: older?.size ?? null, findings: findings.list, isCut: findings.isCut },
			text: text.join('\n'),
			problem: wrong === null ? undefined : text[0],
		};
	});
}

export function verifyProof(file: string, vkeys: readonly string[]): Promise<CommandResult> {
	return judged('proof', file, async () => {
		const { leaf, index, checkpoint } = await verifyProofFile(new Uint8Array(await read(file)), vkeys);
		const { origin, size, note } = checkpoint;
		return {
			result: { origin, index, size, note, leaf },
			text: `The entry is number ${(index + 1).toLocaleString('en')} of the ${size.toLocaleString('en')} in the log of ${origin}:\n${leaf}`,
		};
	});
}

/** A file that does not verify is a result of the command, not an error. */
async function judged(what: string, file: string, verify: () => Promise<CommandResult>): Promise<CommandResult> {
	try {
		return await verify();
	} catch (error) {
		if (!(error instanceof AuditProofError)) throw error;
		const problem = `The ${what} ${JSON.stringify(file)} does not verify: ${error.message}`;
		return { result: { verified: false, says: error.message }, text: problem, problem };
	}
}

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
