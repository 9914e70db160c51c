import { hash } from 'node:crypto';
import type { JobRequest } from '../engine/index.ts';
import {
	badInputError,
	type EscrowTerms,
	findHoldersFlaw,
	isAgeFile,
	isHolders,
	type ShareHolder,
	writeEscrowTerms,
	writeRecoveryTerms,
} from '../escrow/index.ts';

/** Most characters of a job's terms. */
const LONGEST_TERMS = 65_536;

/** Reads the holders from a file. The file may be an identity by mistake, so no message quotes it. @throws FirmsealError BAD_USER_INPUT */
export function readHolders(file: Uint8Array): readonly ShareHolder[] {
	let read: unknown = null;
	try {
		read = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file));
	} catch {
		// The error is thrown below.
	}
	if (isHolders(read)) return read;
	throw badInputError(
		'The holders file must be a JSON list of {"name", "recipient", "side"}, each with exactly these three keys.',
	);
}

/** Requests an escrow of the firm's or the platform's data keys for these holders. @throws FirmsealError BAD_USER_INPUT */
export async function escrowRequest(firm: string, terms: EscrowTerms): Promise<JobRequest> {
	const flaw = await findHoldersFlaw(terms);
	if (flaw !== null) throw badInputError(flaw);
	const written = writeEscrowTerms(terms);
	if (written.length > LONGEST_TERMS)
		throw badInputError('The list of holders and recipients is too long: name fewer holders.');
	return { firm, kind: 'ESCROW', class: null, version: null, terms: written };
}

/** SHA-256 of an escrow file, in hex. @throws FirmsealError BAD_USER_INPUT if the file is not a binary age file */
export function hashEscrowFile(file: Uint8Array): string {
	if (!isAgeFile(file))
		throw badInputError('The escrow is not a binary age file: give the file exactly as it was written.');
	return hash('sha256', file, 'hex');
}

/**
 * Checks a share that a holder has encrypted for a recovery.
 * @throws FirmsealError BAD_USER_INPUT if it is not a binary age file, above all for a share in the clear
 */
export function assertShareFile(file: Uint8Array): void {
	if (!isAgeFile(file))
		throw badInputError(
			'The share is not a binary age file: its holder must encrypt it with `age -r`, without -a. Give the result.',
		);
}

/** Requests the recovery of the firm's data keys from that escrow, or a drill of it. */
export const recoveryRequest = (
	kind: 'RECOVER' | 'DRILL',
	firm: string,
	of: { readonly escrow: string; readonly minutes: number },
): JobRequest => ({ firm, kind, class: null, version: null, terms: writeRecoveryTerms(of) });
