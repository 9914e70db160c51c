import { hash } from 'node:crypto';
import type { JobRequest } from '../engine/index.ts';
import type { ShareHolder } from '../escrow/index.ts';
import {
	badInputError,
	type EscrowTerms,
	findHoldersFlaw,
	isAgeFile,
	isHolders,
	writeEscrowTerms,
	writeRecoveryTerms,
} from '../escrow/index.ts';

/** What a job's terms hold at most. */
const LONGEST_TERMS = 65_536;

/** The holders that a file names, which may be an identity by mistake: nothing of it is quoted. @throws FirmsealError BAD_USER_INPUT */
export function readHolders(file: Uint8Array): readonly ShareHolder[] {
	let read: unknown = null;
	try {
		read = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file));
	} catch {
		// Said below.
	}
	if (isHolders(read)) return read;
	throw badInputError(
		'The holders are not a JSON list of {"name", "recipient", "side"}, each with these three and no more.',
	);
}

/** An escrow of the data keys of the firm, or of the platform, for these holders. @throws FirmsealError BAD_USER_INPUT */
export async function escrowRequest(firm: string, terms: EscrowTerms): Promise<JobRequest> {
	const flaw = await findHoldersFlaw(terms);
	if (flaw !== null) throw badInputError(flaw);
	const written = writeEscrowTerms(terms);
	if (written.length > LONGEST_TERMS)
		throw badInputError('The holders with their recipients are too long together: name fewer.');
	return { firm, kind: 'ESCROW', class: null, version: null, terms: written };
}

/** SHA-256 of an escrow file, in hex. @throws FirmsealError BAD_USER_INPUT for what is no binary age file */
export function hashEscrowFile(file: Uint8Array): string {
	if (!isAgeFile(file)) throw badInputError('The escrow is not a binary age file: give the file as it was written.');
	return hash('sha256', file, 'hex');
}

/** A share as a holder has encrypted it for a recovery. @throws FirmsealError BAD_USER_INPUT for what is none, above all for one in the clear */
export function assertShareFile(file: Uint8Array): void {
	if (!isAgeFile(file))
		throw badInputError(
			'The share is not a binary age file: its holder encrypts it with `age -r`, without -a, and you give that.',
		);
}

/** The firm's data keys back from that escrow, or a rehearsal of it. */
export const recoveryRequest = (
	kind: 'RECOVER' | 'DRILL',
	firm: string,
	of: { readonly escrow: string; readonly minutes: number },
): JobRequest => ({ firm, kind, class: null, version: null, terms: writeRecoveryTerms(of) });
