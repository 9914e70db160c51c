import { foldSubtrees, rangesOfConsistency, type Subtree, storagePositionOf, subtreesIn } from '../../audit/index.ts';
import { type DueKeyLog, selectKeyLogHashes, type Transaction } from '../../database/index.ts';
import { keyLogOriginOf, nodeSha256 } from './note.ts';
import { type Signer, SignerRefusedError, type UnsignedHead } from './signer.ts';

const HASH_LENGTH = 32;

/** The committed head of a firm's key log, with the proof that it continues its last checkpoint. */
export interface KeyLogHead {
	readonly firm: string;
	readonly head: UnsignedHead;
}

/** A firm's key log without a head that could be signed. */
interface RefusedKeyLog {
	readonly firm: string;
	readonly error: SignerRefusedError;
}

interface HeadParts {
	readonly signer: Pick<Signer, 'lastSizes'>;
	readonly installation: string;
}

/**
 * The heads of key logs, from the hashes that are stored with their entries, in one statement. A log that is smaller than its checkpoint,
 * lacks entries, or has a checkpoint that none of our keys signed, is refused, and does not stop the others.
 * @throws KeyUnavailableError
 */
export async function readKeyLogHeads(
	{ signer, installation }: HeadParts,
	tx: Transaction,
	due: readonly DueKeyLog[],
): Promise<{ readonly heads: readonly KeyLogHead[]; readonly refused: readonly RefusedKeyLog[] }> {
	const logs = due.map((log) => ({ ...log, origin: keyLogOriginOf(installation, log.firm) }));
	const { lasts, errors } = await lastSizesOf(signer, logs);
	const wanted = logs.flatMap(({ firm, size, origin }) => {
		const last = lasts.get(origin);
		if (last === undefined) return [];
		const proof = last > size ? [] : rangesOfConsistency(last, size);
		return [{ firm, size, origin, parts: [{ start: 0, end: size }, ...proof].map(subtreesIn) }];
	});
	const hashes = (await readHashes(tx, wanted)).values();
	const take = (count: number) => Array.from({ length: count }, () => hashes.next().value ?? null);
	const heads: KeyLogHead[] = [];
	for (const { firm, size, origin, parts } of wanted) {
		const [root, ...proof] = parts.map(({ length }) => folded(take(length)));
		if (!root || proof.includes(null)) errors.set(origin, new SignerRefusedError(origin, 'entries of it are missing.'));
		else heads.push({ firm, head: { origin, size, root, proof: proof.flatMap((hash) => hash ?? []) } });
	}
	const refused = logs.flatMap(({ firm, origin }) => {
		const error = errors.get(origin);
		return error ? [{ firm, error }] : [];
	});
	return { heads, refused };
}

/** Each refused log is left out and the others are asked for again. Known sizes cost no statement. */
async function lastSizesOf(signer: Pick<Signer, 'lastSizes'>, logs: readonly { readonly origin: string }[]) {
	const errors = new Map<string, SignerRefusedError>();
	for (;;) {
		const origins = logs.flatMap(({ origin }) => (errors.has(origin) ? [] : [origin]));
		try {
			const sizes = await signer.lastSizes(origins);
			return { errors, lasts: new Map(origins.map((origin, at) => [origin, sizes[at] ?? 0])) };
		} catch (error) {
			if (!(error instanceof SignerRefusedError && origins.includes(error.origin))) throw error;
			errors.set(error.origin, error);
		}
	}
}

async function readHashes(
	tx: Transaction,
	wanted: readonly { readonly firm: string; readonly parts: readonly (readonly Subtree[])[] }[],
): Promise<(Uint8Array | null)[]> {
	const places = wanted.flatMap(({ firm, parts }) =>
		parts.flat().map((subtree) => ({ firm, ...storagePositionOf(subtree) })),
	);
	const stored = await selectKeyLogHashes(
		tx,
		places.map(({ firm, leaf }) => ({ firm, index: leaf })),
	);
	return places.map(({ offset }, at) => {
		const hash = stored[at]?.subarray(offset, offset + HASH_LENGTH);
		return hash?.length === HASH_LENGTH ? new Uint8Array(hash) : null;
	});
}

/** Null if one is missing. */
function folded(hashes: readonly (Uint8Array | null)[]): Uint8Array | null {
	const known = hashes.flatMap((hash) => hash ?? []);
	return known.length < hashes.length ? null : foldSubtrees(nodeSha256, known);
}
