import { hash } from 'node:crypto';
import { v7 } from 'uuid';
import { FirmsealError } from '../../errors.ts';
import { encryptAgeFile } from './age-file.ts';
import { encodeEscrow } from './escrow-file.ts';
import type { EscrowHeader } from './escrow-header.ts';
import { type EscrowedKey, findKeysFlaw } from './escrowed-key.ts';
import { findPlanFlaw, type HolderSide, type ShareHolder } from './plan.ts';
import { generateRecoveryKey, splitIdentity } from './recovery-key.ts';
import { badInputError } from './refusals.ts';
import { encodeShare } from './share-file.ts';
import { isFirm, isInstallation, isTime } from './value-grammars.ts';
import { verifyEscrowOpens } from './verify-escrow-opens.ts';

export interface EscrowToSeal {
	/** Name of the installation, as in its checkpoints. */
	readonly installation: string;
	readonly firm: string;
	/** All of this firm. They stay as they are, and are the caller's to overwrite. */
	readonly keys: readonly EscrowedKey[];
	readonly holders: readonly ShareHolder[];
	/** Shares that are needed. */
	readonly threshold: number;
	readonly at: Date;
}

export interface SealedShare {
	/** Name. */
	readonly holder: string;
	readonly side: HolderSide;
	/** An age file, binary, to the holder's recipient. */
	readonly file: Uint8Array;
}

export interface SealedEscrow {
	/** UUIDv7. */
	readonly id: string;
	/** An age file, binary, to a recovery key that nobody has. */
	readonly escrow: Uint8Array;
	/** In the order of the holders. */
	readonly shares: readonly SealedShare[];
}

/**
 * Writes `keys` for the case that the key service is lost. What is returned has been opened again, with shares of every holder.
 * @throws BAD_USER_INPUT when holders, threshold or keys have to be other ones; INTERNAL when what was made does not open.
 */
export async function sealEscrow(asked: EscrowToSeal): Promise<SealedEscrow> {
	const { installation, firm, keys, holders, threshold, at } = asked;
	const flaw = findPlanFlaw(holders, threshold) ?? flawOf(asked) ?? (await flawOfRecipients(holders));
	if (flaw !== null) throw badInputError(flaw);
	const header = { id: v7(), installation, firm, at, keys: keys.length, threshold, holders };
	try {
		return await seal(header, keys, holders);
	} catch {
		// Whatever a library says here may hold the key that it was given.
		throw new FirmsealError('INTERNAL', 'The escrow that was made does not open again, and was dropped.');
	}
}

/** What is wrong with holders and threshold, their recipients too, as a sentence that says what to change; null: nothing. */
export async function findHoldersFlaw({
	holders,
	threshold,
}: Pick<EscrowToSeal, 'holders' | 'threshold'>): Promise<string | null> {
	return findPlanFlaw(holders, threshold) ?? flawOfRecipients(holders);
}

function flawOf({ installation, firm, keys, at }: EscrowToSeal): string | null {
	if (!isInstallation(installation)) return 'Name the installation as its checkpoints do.';
	if (!isFirm(firm)) return 'Name the firm by its lower-case UUID.';
	if (!isTime(at)) return 'Give a time between the years 0 and 9999.';
	return findKeysFlaw(firm, keys);
}

/** Each is tried, since some that look like one make no shared secret. None is quoted: it could be an identity by mistake. */
async function flawOfRecipients(holders: readonly ShareHolder[]): Promise<string | null> {
	for (const [index, { name, recipient }] of holders.entries()) {
		const first = holders.findIndex((other) => other.recipient === recipient);
		if (first !== index) return `Give each holder a recipient of its own: ${name} has that of ${holders[first]?.name}.`;
		try {
			await encryptAgeFile(recipient, new Uint8Array());
		} catch {
			return `Give holder ${name} a recipient of age, such as \`age-keygen -y\` prints: this is none.`;
		}
	}
	return null;
}

async function seal(header: EscrowHeader, keys: readonly EscrowedKey[], holders: readonly ShareHolder[]) {
	const { recipient, identity } = await generateRecoveryKey();
	const secrets = [identity];
	try {
		const lines = encodeEscrow({ header, keys });
		secrets.push(lines);
		const escrow = await encryptAgeFile(recipient, lines);
		const parts = await splitIdentity(identity, holders.length, header.threshold);
		secrets.push(...parts);
		const digest = hash('sha256', escrow, 'hex');
		const plaintexts = parts.map((share, index) => encodeShare(shareOf(header, digest, index, share)));
		secrets.push(...plaintexts);
		await verifyEscrowOpens({ escrow, parts, plaintexts, threshold: header.threshold }, { identity, lines });
		const files = plaintexts.map((plaintext, index) => sealShare(holders[index] as ShareHolder, plaintext));
		return { id: header.id, escrow, shares: await Promise.all(files) };
	} finally {
		for (const secret of secrets) secret.fill(0);
	}
}

function shareOf({ id, firm, threshold, holders }: EscrowHeader, digest: string, index: number, share: Uint8Array) {
	const { name, side } = holders[index] as ShareHolder;
	return { escrow: id, firm, digest, threshold, index: index + 1, holder: name, side, share };
}

async function sealShare({ name, side, recipient }: ShareHolder, plaintext: Uint8Array): Promise<SealedShare> {
	return { holder: name, side, file: await encryptAgeFile(recipient, plaintext) };
}
