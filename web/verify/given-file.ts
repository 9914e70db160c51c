import { isVkey } from '../../src/audit/verify/log.ts';

/** What a file is for the verifier. */
export type GivenKind = 'BUNDLE' | 'KEYS' | 'CHECKPOINT' | 'PROOF';

/** What a file seems to be, from its beginning. The verification reads it again and believes none of this. */
export interface RecognizedFile {
	readonly kind: GivenKind | null;
	/** Why the file is of no use here, as one sentence; null if it has a kind. */
	readonly problem: string | null;
	/** Whether the file names its own format, so that it may be taken from a folder with other files. */
	readonly isNamed: boolean;
}

const BEGINNING = 4_096;
const ZIP = [0x50, 0x4b, 0x03, 0x04];
const GZIP = [0x1f, 0x8b];
const VKEY_BEGINS = /^[^\s+]+\+[0-9a-f]{8}\+/;
const CHECKPOINT_BEGINS = /^[^\n]+\n[0-9]+\r?\n[^\n]+\r?\n\r?\n?/;

export async function recognizeFile(file: File): Promise<RecognizedFile> {
	const name = JSON.stringify(file.name);
	const useless = (problem: string): RecognizedFile => ({ kind: null, problem, isNamed: false });
	if (file.size === 0) return useless(`${name} is empty.`);
	const bytes = new Uint8Array(await file.slice(0, BEGINNING).arrayBuffer());
	if (beginsWith(bytes, ZIP) || beginsWith(bytes, GZIP))
		return useless(`${name} is compressed: unpack it, and give the file in it.`);
	if (beginsWith(bytes, [0xff, 0xfe]) || beginsWith(bytes, [0xfe, 0xff]))
		return useless(`${name} is in UTF-16: a program has changed it. Download it again, and give it unchanged.`);
	if (bytes.includes(0)) return useless(`${name} is no text, and so neither a log nor a key, a checkpoint or a proof.`);
	const text = new TextDecoder().decode(bytes);
	const kind = kindOf(text);
	if (text.startsWith('{"format":"firmseal-audit-anchor"'))
		return useless(
			`${name} is an anchor, which has the logs of all firms: \`firmseal audit verify --anchors\` verifies it.`,
		);
	if (kind === null) return useless(`${name} is neither an exported log nor a verifier key, a checkpoint or a proof.`);
	return { kind, problem: null, isNamed: kind !== 'BUNDLE' || text.includes('firmseal-audit-bundle') };
}

function kindOf(text: string): GivenKind | null {
	if (text.startsWith('c2sp.org/tlog-proof@')) return 'PROOF';
	// Also a damaged first line: the verifier says what is wrong with it.
	if (/^\s*\{/.test(text)) return 'BUNDLE';
	const [first = ''] = text.split(/\r?\n/, 1);
	if (isVkey(first) || VKEY_BEGINS.test(first)) return 'KEYS';
	return CHECKPOINT_BEGINS.test(text) ? 'CHECKPOINT' : null;
}

const beginsWith = (bytes: Uint8Array, first: readonly number[]) => first.every((byte, at) => bytes[at] === byte);

/** A file that the reader gave, as the page lists it. */
export interface GivenFile extends RecognizedFile {
	readonly file: File;
}

/** What the worker verifies. */
export interface VerifyRequest {
	readonly bundle: File | null;
	/** Another copy of the same log, not longer, with which the first is compared. */
	readonly copy: File | null;
	readonly checkpoint: File | null;
	readonly proofs: readonly File[];
	readonly keyFiles: readonly File[];
	readonly pastedKeys: string;
}

const MOST_PROOFS = 20;

/** The request for these files and keys, or why there is none yet: null if nothing is given. */
export function requestOf(given: readonly GivenFile[], pastedKeys: string): VerifyRequest | string | null {
	const of = (kind: GivenKind) => given.filter((one) => one.kind === kind).map(({ file }) => file);
	const [bundles, checkpoints, proofs, keyFiles] = [of('BUNDLE'), of('CHECKPOINT'), of('PROOF'), of('KEYS')];
	const useless = given.find(({ problem }) => problem !== null);
	if (useless?.problem) return useless.problem;
	const same = given.find(({ file }, at) => given.some((other, before) => before < at && isSame(other.file, file)));
	if (same) return `${JSON.stringify(same.file.name)} is given twice: remove one.`;
	if (bundles.length > 2) return `${namesOf(bundles)} are exported logs: give one, or two copies of the same log.`;
	if (checkpoints.length > 1) return `${namesOf(checkpoints)} are older checkpoints: give one.`;
	if (proofs.length > MOST_PROOFS) return `${proofs.length} proofs are given: give at most ${MOST_PROOFS} at a time.`;
	const hasKeys = keyFiles.length > 0 || pastedKeys.trim() !== '';
	if (given.length === 0 && !hasKeys) return null;
	if (bundles.length === 0 && proofs.length === 0)
		return 'An exported log is missing: give the file of `firmseal audit export`.';
	if (bundles.length === 0 && checkpoints.length > 0)
		return 'An older checkpoint is compared with an exported log: give that too.';
	if (!hasKeys) return 'A verifier key is missing: give the file that you keep, or paste the key.';
	const [bundle = null, copy = null] = bundles.sort((one, other) => other.size - one.size);
	return { bundle, copy, checkpoint: checkpoints[0] ?? null, proofs, keyFiles, pastedKeys };
}

const isSame = (one: File, other: File) =>
	one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;

const namesOf = (files: readonly File[]) =>
	files
		.slice(0, 4)
		.map(({ name }) => JSON.stringify(name))
		.join(', ')
		.replace(/, (?=[^,]*$)/, ' and ');
