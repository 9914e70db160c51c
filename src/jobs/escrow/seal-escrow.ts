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
	/** All of this firm. They are not changed; the caller overwrites them. */
	readonly keys: readonly EscrowedKey[];
	readonly holders: readonly ShareHolder[];
	readonly threshold: number;
	readonly at: Date;
}

export interface SealedShare {
	readonly holder: string;
	readonly side: HolderSide;
	/** A binary age file, encrypted to the holder's recipient. */
	readonly file: Uint8Array;
}

export interface SealedEscrow {
	/** UUIDv7. */
	readonly id: string;
	/** A binary age file, encrypted to a recovery key that no one has. */
	readonly escrow: Uint8Array;
	/** In the order of the holders. */
	readonly shares: readonly SealedShare[];
}

/**
 * Seals `keys` for a loss of the key service. The result has been opened again, with shares of every holder.
 * @throws BAD_USER_INPUT if holders, threshold or keys must change; INTERNAL if the result can't be opened
 */
export async function sealEscrow(asked: EscrowToSeal): Promise<SealedEscrow> {
	const { installation, firm, keys, holders, threshold, at } = asked;
	const flaw = findPlanFlaw(holders, threshold) ?? flawOf(asked) ?? (await flawOfRecipients(holders));
	if (flaw !== null) throw badInputError(flaw);
	const header = { id: v7(), installation, firm, at, keys: keys.length, threshold, holders };
	try {
		return await seal(header, keys, holders);
	} catch {
		// A library's message may contain the key.
		throw new FirmsealError('INTERNAL', 'The new escrow could not be opened again and was discarded.');
	}
}

/** What is wrong with holders, their recipients and the threshold, as a sentence that says what to change; null if nothing is. */
export async function findHoldersFlaw({
	holders,
	threshold,
}: Pick<EscrowToSeal, 'holders' | 'threshold'>): Promise<string | null> {
	return findPlanFlaw(holders, threshold) ?? flawOfRecipients(holders);
}

function flawOf({ installation, firm, keys, at }: EscrowToSeal): string | null {
	if (!isInstallation(installation)) return 'Give the name of the installation as its checkpoints have it.';
	if (!isFirm(firm)) return 'Give the firm as a lower-case UUID.';
	if (!isTime(at)) return 'Give a time between the years 0 and 9999.';
	return findKeysFlaw(firm, keys);
}

/** Tries each recipient, because some that look valid give no shared secret. No message quotes one: it could be an identity by mistake. */
async function flawOfRecipients(holders: readonly ShareHolder[]): Promise<string | null> {
	for (const [index, { name, recipient }] of holders.entries()) {
		const first = holders.findIndex((other) => other.recipient === recipient);
		if (first !== index) return `Give each holder a different recipient: ${name} has that of ${holders[first]?.name}.`;
		try {
			await encryptAgeFile(recipient, new Uint8Array());
		} catch {
			return `The recipient of holder ${name} is not an age recipient: give one as \`age-keygen -y\` prints it.`;
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
