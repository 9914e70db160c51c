import { AuditProofError } from '../../src/audit/verify/index.ts';
import {
	type JudgedFile,
	judgeProof,
	MAX_KEY_FILE_BYTES,
	parseKeyFile,
	parseVerifierKey,
	type VerifiedProof,
} from '../../src/audit/verify/log.ts';
import { compareCopies } from './compare-copies.ts';
import type { VerifyRequest } from './given-file.ts';
import { readSmall, UnreadableFileError } from './read-file.ts';
import { assertAble, UnableError } from './self-test.ts';
import { type Finding, unread, type Verdict } from './verdict.ts';
import { type CheckedBundle, checkBundle } from './verify-bundle.ts';

const MAX_NOTE_BYTES = 1_000_000;
const MAX_PROOF_BYTES = 1_200_000;
const PASTED = 'the pasted keys';

/** The keys, and the names of their trees. */
interface Keys {
	readonly vkeys: readonly string[];
	readonly keyNames: readonly string[];
}

/** Verifies what was given. Everything that is wrong with it is a verdict. */
export async function verifyFiles(request: VerifyRequest, onProgress: (bytes: number) => void): Promise<Verdict> {
	try {
		await assertAble();
		const keys = await readKeys(request);
		const proofs = await checkProofs(request.proofs, keys);
		const log = request.bundle && (await checkLog(request, keys, proofs, onProgress));
		return verdictOf(log, proofs);
	} catch (error) {
		if (error instanceof UnableError || error instanceof UnreadableFileError || error instanceof WrongKeyError)
			return unread({
				file: error instanceof WrongKeyError ? error.file : '',
				line: null,
				why: error.message,
				hint: error instanceof WrongKeyError ? error.hint : null,
			});
		throw error;
	}
}

/** A key can't be used, so nothing is verified. */
class WrongKeyError extends Error {
	readonly file: string;
	readonly hint: string | null;

	constructor(file: string, message: string, hint: string | null = null) {
		super(message);
		this.file = file;
		this.hint = hint;
	}
}

export async function readKeys({ keyFiles, pastedKeys }: VerifyRequest): Promise<Keys> {
	const vkeys: string[] = [];
	const keyNames = new Set<string>();
	async function add(file: string, text: string): Promise<void> {
		try {
			for (const [at, vkey] of parseKeyFile(text, file).entries()) {
				const { name } = await parseVerifierKey(vkey).catch((error: unknown) => {
					throw new WrongKeyError(
						file,
						`Line ${at + 1} of ${JSON.stringify(file)}: ${sentenceOf(error)}`,
						'A character of the key was lost or changed on the way: copy the whole line again.',
					);
				});
				keyNames.add(name);
				if (!vkeys.includes(vkey)) vkeys.push(vkey);
			}
		} catch (error) {
			throw error instanceof WrongKeyError ? error : new WrongKeyError(file, sentenceOf(error));
		}
	}
	const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
	for (const file of keyFiles) {
		const bytes = await readSmall(file, MAX_KEY_FILE_BYTES);
		if (bytes.length > MAX_KEY_FILE_BYTES)
			throw new WrongKeyError(
				file.name,
				`${JSON.stringify(file.name)} is longer than 65,536 bytes, and so no file of keys.`,
			);
		await add(file.name, decoder.decode(bytes));
	}
	// Unlike a file, a field often has blanks around what was pasted.
	const pasted = pastedKeys.split(/\s+/).filter((part) => part !== '');
	if (pasted.length > 0) await add(PASTED, pasted.join('\n'));
	if (keyNames.size > 1)
		throw new WrongKeyError(
			'',
			`The keys are of different logs, ${[...keyNames].join(' and ')}: give only those of one.`,
		);
	return { vkeys, keyNames: [...keyNames] };
}

/** @throws `error` unless it is about the file. */
function sentenceOf(error: unknown): string {
	if (error instanceof AuditProofError) return error.message;
	throw error;
}

interface CheckedProof {
	readonly file: File;
	readonly says: string;
	readonly found: VerifiedProof | null;
	readonly finding: Finding | null;
}

async function checkProofs(files: readonly File[], { vkeys }: Keys): Promise<readonly CheckedProof[]> {
	const checked: CheckedProof[] = [];
	for (const file of files) {
		const { says, found, refused } = await judgeProof(
			{ name: file.name, bytes: await readSmall(file, MAX_PROOF_BYTES) },
			vkeys,
		);
		checked.push({
			file,
			says: found === null ? says : `${JSON.stringify(file.name)}: ${says.replace(/:$/, '.')}`,
			found,
			finding: refused && { file: refused.file, line: refused.line, why: refused.why, hint: null },
		});
	}
	return checked;
}

interface CheckedLog extends CheckedBundle {
	/** About the log and what it was compared with. */
	readonly others: readonly Finding[];
	readonly says: readonly string[];
	readonly files: Verdict['files'];
	readonly soundCopy: string | null;
}

async function checkLog(
	request: VerifyRequest,
	keys: Keys,
	proofs: readonly CheckedProof[],
	onProgress: (bytes: number) => void,
): Promise<CheckedLog> {
	const { bundle, copy, checkpoint } = request;
	const since = [...(checkpoint === null ? [] : [await noteIn(checkpoint)]), ...notesOf(proofs)];
	const kept = keptEntries(proofs);
	const options = { ...keys, since, onProgress, onLeaf: kept.compare };
	const compared =
		copy === null
			? { log: await checkBundle(bundle as File, options), others: [], copies: [], soundCopy: null }
			: await compareCopies(bundle as File, copy, options);
	const { log, others, copies, soundCopy } = compared;
	const fromProofs = log.verdict.found === null ? [] : kept.differences(log.verdict.found.size);
	return {
		...log,
		others: [...others, ...fromProofs],
		says: [log, ...copies].map(({ verdict }) => verdict.says),
		files: [log, ...copies].map(({ file }) => file),
		soundCopy,
	};
}

const noteIn = async (file: File): Promise<JudgedFile> => ({
	name: file.name,
	bytes: await readSmall(file, MAX_NOTE_BYTES),
});

/** The checkpoint of a proof is an older checkpoint too. */
const notesOf = (proofs: readonly CheckedProof[]): JudgedFile[] =>
	proofs.flatMap(({ file, found }) =>
		found === null ? [] : [{ name: file.name, bytes: new TextEncoder().encode(found.checkpoint.note) }],
	);

/** Compares the entries of proofs with those of the log at their places. */
function keptEntries(proofs: readonly CheckedProof[]) {
	const kept = proofs.filter(({ found }) => found !== null);
	const seen = new Map<number, string>();
	const wanted = new Set(kept.map(({ found }) => found?.index));
	return {
		compare(leaf: string, index: number): void {
			if (wanted.has(index)) seen.set(index, leaf);
		},
		differences: (size: number): Finding[] =>
			kept
				.filter(({ found }) => found !== null && found.index < size && seen.get(found.index) !== found.leaf)
				.map(({ file, found }) => ({
					file: file.name,
					line: (found?.index ?? 0) + 2,
					why: 'The entry of the proof is not the one that the log has at its place: the log has two versions.',
					hint: 'Both are signed. Keep all files as they are, and ask the platform who signed the two.',
				})),
	};
}

function verdictOf(log: CheckedLog | null, proofs: readonly CheckedProof[]): Verdict {
	const ofProofs = proofs.flatMap(({ finding }) => finding ?? []);
	const serious = [...(log?.others ?? []), ...ofProofs];
	const isRefused = serious.length > 0 || (log !== null && log.verdict.found === null);
	const findings = [...serious, ...(log?.findings ?? [])];
	const outcome = isRefused ? 'WRONG' : findings.length > 0 ? 'FINDINGS' : 'WHOLE';
	return {
		outcome,
		says: [...(log?.says ?? []), ...proofs.map(({ says }) => says)],
		facts: log === null ? proofs.flatMap(factsOfProof) : factsOf(log),
		findings,
		isCut: log?.verdict.isCut ?? false,
		summary: log?.summary ?? null,
		note: log?.verdict.found?.note ?? null,
		since: log?.verdict.since ?? null,
		hasLog: log !== null,
		soundCopy: log?.soundCopy ?? null,
		files: log?.files ?? proofs.map(({ file }) => ({ name: file.name, bytes: file.size, sha256: null })),
	};
}

function factsOf({ verdict: { found, facts }, summary }: CheckedLog): [string, string][] {
	if (found === null) return [];
	const { origin, rootCheckpoint } = found;
	const firm = origin.slice(origin.lastIndexOf('/') + 1);
	const isFirm = !/^[0-]+$/.test(firm);
	return [
		['log', origin],
		['firms', isFirm ? `1: ${firm}` : 'none: the installation’s own log'],
		...facts.map(([label, text]): [string, string] => [label, text]),
		[
			'checkpoints',
			`2: this log’s, and the root tree’s over ${rootCheckpoint.size.toLocaleString('en')} leaves, which has the first as a leaf`,
		],
		...(summary === null ? [] : [refusedOf(summary.refused)]),
	];
}

const refusedOf = (count: number): [string, string] => [
	'refused',
	`${count.toLocaleString('en')} ${count === 1 ? 'act was' : 'acts were'} refused or failed`,
];

function factsOfProof({ found, file }: CheckedProof): [string, string][] {
	return found === null ? [] : [[file.name, found.leaf]];
}
