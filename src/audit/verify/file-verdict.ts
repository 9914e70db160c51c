import { AuditProofError } from './audit-proof-error.ts';
import { type BundleOptions, type VerifiedBundle, verifyBundle } from './bundle.ts';
import { createLogFindings, findingKindOf, type LogFinding } from './log-findings.ts';
import { type VerifiedProof, verifyProofFile } from './proof-file.ts';
import type { Sha256 } from './tree-hasher.ts';
import { openKeptCheckpoint, type SignedCheckpoint } from './trusted-keys.ts';

/** A small file with its name. */
export interface JudgedFile {
	readonly name: string;
	readonly bytes: Uint8Array;
}

export interface VerdictOptions {
	/** The name of the bundle. */
	readonly name: string;
	/** The lines of linesOf(). */
	readonly lines: AsyncIterable<string>;
	readonly vkeys: readonly string[];
	readonly sha256: Sha256;
	/** Files with older checkpoints of the same log. */
	readonly since: readonly JudgedFile[];
	readonly onLeaf?: NonNullable<BundleOptions['onLeaf']>;
	readonly onFlaw?: NonNullable<BundleOptions['onFlaw']>;
}

/** What a verification offline says about a file, in the same words wherever it runs. */
export interface FileVerdict<Found> {
	/** The first sentence. */
	readonly says: string;
	/** Null if the file does not verify. */
	readonly found: Found | null;
	/** The name of the file that does not verify, and the line; null if all verify, or the error belongs to no line. */
	readonly refused: { readonly file: string; readonly line: number | null; readonly why: string } | null;
}

export interface BundleVerdict extends FileVerdict<VerifiedBundle> {
	/** A label and its text. */
	readonly facts: readonly (readonly [label: string, text: string])[];
	/** Entries that are signed and complete, but which no program of the platform writes. */
	readonly findings: readonly LogFinding[];
	/** Whether there are more findings than are listed. */
	readonly isCut: boolean;
	/** The size of the newest of the older checkpoints. */
	readonly since: number | null;
}

const NOTHING = { found: null, facts: [], findings: [], isCut: false, since: null };

/** Verifies a bundle and the older checkpoint. A file that does not verify is a verdict, not an error. */
export async function judgeBundle(options: VerdictOptions): Promise<BundleVerdict> {
	const { name, lines, vkeys, sha256, since, onLeaf, onFlaw } = options;
	const findings = createLogFindings();
	const listFlaw = (index: number, flaw: AuditProofError) => {
		findings.add(findingKindOf(flaw), { index });
		onFlaw?.(index, flaw);
	};
	let opening: JudgedFile | null = null;
	try {
		const older: SignedCheckpoint[] = [];
		for (opening of since) older.push(await openKeptCheckpoint(opening.bytes, vkeys));
		opening = null;
		const found = await verifyBundle(lines, {
			vkeys,
			sha256,
			since: older,
			onFlaw: listFlaw,
			...(onLeaf && { onLeaf }),
		});
		const { list, isCut } = findings;
		const count = countOfFindings({ list, isCut });
		const says = `The log of ${found.origin} is complete and unchanged${count === null ? '.' : `, but has ${count} in its entries.`}`;
		const newest = older.length === 0 ? null : Math.max(...older.map(({ size }) => size));
		return { says, found, refused: null, facts: factsOf(found, newest), findings: list, isCut, since: newest };
	} catch (error) {
		const refusal = refusalOf(opening === null ? 'bundle' : 'older checkpoint', opening?.name ?? name, error);
		return { ...NOTHING, ...refusal };
	}
}

/** Verifies a proof file. A file that does not verify is a verdict, not an error. */
export async function judgeProof(
	{ name, bytes }: JudgedFile,
	vkeys: readonly string[],
): Promise<FileVerdict<VerifiedProof>> {
	try {
		const found = await verifyProofFile(bytes, vkeys);
		const { index, checkpoint } = found;
		const says = `The entry is number ${counted(index + 1)} of the ${counted(checkpoint.size)} in the log of ${checkpoint.origin}:`;
		return { says, found, refused: null };
	} catch (error) {
		return refusalOf('proof', name, error);
	}
}

/** Such as `More than 100 findings`; null if there are none. */
export function countOfFindings({
	list,
	isCut,
}: {
	readonly list: readonly unknown[];
	readonly isCut: boolean;
}): string | null {
	if (list.length === 0) return null;
	return `${isCut ? 'More than ' : ''}${counted(list.length)} ${list.length === 1 ? 'finding' : 'findings'}`;
}

function factsOf({ size, first, last, root }: VerifiedBundle, since: number | null): [string, string][] {
	const facts: [string, string][] = [
		['entries', `${counted(size)}${first === null ? '' : `, from ${first} to ${last}`}`],
		['root', btoa(String.fromCharCode(...root))],
	];
	if (since !== null)
		facts.push(['since', `the log begins with the ${counted(since)} entries of the older checkpoint`]);
	return facts;
}

/** @throws `error` unless a file is the reason. */
function refusalOf(what: string, file: string, error: unknown) {
	if (!(error instanceof AuditProofError)) throw error;
	const says = `The ${what} ${JSON.stringify(file)} does not verify: ${error.message}`;
	return { says, found: null, refused: { file, line: error.line, why: error.message } };
}

const counted = (count: number): string => count.toLocaleString('en');
