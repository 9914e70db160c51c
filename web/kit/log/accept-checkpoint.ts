import { AuditProofError, leafHash, verifyConsistency, verifyInclusion } from '../../../src/audit/verify/index.ts';
import { openKeptCheckpoint, parseFirmOrigin, parseVerifierKey, vkeyForOrigin } from '../../../src/audit/verify/log.ts';
import { LogAlarm } from './alarm.ts';
import type { KeptCheckpoint, KeptLog } from './kept-log.ts';
import type { OfferedCheckpoint, OfferedLog } from './offered-log.ts';

export interface Accepted {
	readonly origin: string;
	readonly head: KeptCheckpoint;
	/** The keys to keep: those that were kept before, or at first those that have signed. */
	readonly vkeys: readonly string[];
}

export interface AcceptOptions {
	readonly firm: string;
	/** What this browser keeps; null at first. */
	readonly kept: Pick<KeptLog, 'origin' | 'vkeys' | 'head'> | null;
	/** The person has compared the key that the server offers, and trusts it from now on. */
	readonly trustsOffered: boolean;
}

/**
 * Accepts the checkpoint that the server offers, if it is signed by a key that this browser trusts, is a leaf of the tree that is the same for
 * everyone, and continues the checkpoint that this browser keeps.
 * @throws LogAlarm
 */
export async function acceptCheckpoint(offered: OfferedLog, options: AcceptOptions): Promise<Accepted> {
	const { kept, firm } = options;
	const { checkpoint } = offered;
	const { signed, vkeys } = await openBySigner(offered, options);
	const { origin, size, root } = signed;
	if (isOtherTree(origin, firm) || (kept !== null && kept.origin !== origin))
		throw new LogAlarm('OTHER_TREE', 'The server has sent the log of another firm or installation.');
	await checkRoot(checkpoint, origin, vkeys);
	if (kept !== null) await checkContinues(kept.head, { size, root }, offered.proof);
	return { origin, vkeys, head: { size, root, note: checkpoint.note, createdAt: checkpoint.createdAt } };
}

function isOtherTree(origin: string, firm: string): boolean {
	try {
		return parseFirmOrigin(origin).firm !== firm;
	} catch {
		return true;
	}
}

async function openBySigner({ vkeys, checkpoint: { note } }: OfferedLog, { kept, trustsOffered }: AcceptOptions) {
	const trusted = kept === null ? vkeys : kept.vkeys;
	const known = await open(note, trusted);
	if ('signers' in known) return { signed: known, vkeys: kept?.vkeys ?? (await signersIn(vkeys, known)) };
	// A signature by a key that this browser knows, but which does not verify, is no change of the key.
	const other = kept === null ? known : await open(note, vkeys);
	if (!('signers' in other)) throw new LogAlarm('SIGNATURE', `The log is not signed as it has to be: ${known.message}`);
	if (!trustsOffered || hasForgedSignature(known))
		throw new LogAlarm(
			'OTHER_KEY',
			'The log is signed by a key that this browser does not know. Compare the new key with one that the platform has given you another way before you trust it.',
		);
	return { signed: other, vkeys: await signersIn(vkeys, other) };
}

const hasForgedSignature = ({ message }: AuditProofError): boolean => /does not verify/.test(message);

type Signed = Awaited<ReturnType<typeof openKeptCheckpoint>>;

async function open(note: string, vkeys: readonly string[]): Promise<Signed | AuditProofError> {
	try {
		return await openKeptCheckpoint(note, vkeys);
	} catch (error) {
		if (error instanceof AuditProofError) return error;
		throw error;
	}
}

/** Old keys, which may have been stolen, are not kept. */
async function signersIn(vkeys: readonly string[], { signers }: Signed): Promise<string[]> {
	const ids = await Promise.all(vkeys.map(async (vkey) => (await parseVerifierKey(vkey)).id));
	return vkeys.filter((_, at) => signers.some(({ id }) => id === ids[at]));
}

/** Everyone who sees the root tree sees this checkpoint in it. */
async function checkRoot({ note, rootInclusion }: OfferedCheckpoint, origin: string, vkeys: readonly string[]) {
	try {
		if (rootInclusion === null) throw new AuditProofError('It has no proof.');
		const { index, hashes, note: rootNote } = rootInclusion;
		const rootKeys = await Promise.all(vkeys.map((vkey) => vkeyForOrigin(vkey, parseFirmOrigin(origin).root)));
		const { size, root } = await openKeptCheckpoint(rootNote, rootKeys);
		await verifyInclusion({ index, size, root, leafHash: await leafHash(note), proof: hashes.map(bytesOf) });
	} catch (error) {
		if (!(error instanceof AuditProofError)) throw error;
		throw new LogAlarm(
			'NOT_IN_ROOT',
			`The state of the log is not part of the tree that all firms share: ${error.message}`,
		);
	}
}

async function checkContinues(
	head: KeptCheckpoint,
	next: { readonly size: number; readonly root: Uint8Array },
	proof: readonly string[],
): Promise<void> {
	if (next.size < head.size)
		throw new LogAlarm(
			'SHORTER',
			`The log has ${counted(next.size)} entries, but this browser has seen ${counted(head.size)}: entries are missing.`,
		);
	try {
		await verifyConsistency({
			size1: head.size,
			root1: head.root,
			size2: next.size,
			root2: next.root,
			proof: proof.map(bytesOf),
		});
	} catch (error) {
		if (!(error instanceof AuditProofError)) throw error;
		throw new LogAlarm(
			'FORK',
			`The log does not continue the ${counted(head.size)} entries that this browser has seen: entries were changed or removed, or there are two logs.`,
		);
	}
}

const counted = (count: number): string => count.toLocaleString('en');

/** @throws AuditProofError */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
	try {
		return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
	} catch {
		throw new AuditProofError('A hash is not base64.');
	}
}
