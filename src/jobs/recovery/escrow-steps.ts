import { hash } from 'node:crypto';
import { systemEntry } from '../../audit/index.ts';
import {
	insertEscrowFiles,
	type JobRow,
	type NewEscrowFile,
	selectUsableKeys,
	type Transaction,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type DataKeyRecord, type KeyRenewal, KeyUnavailableError } from '../../keys/index.ts';
import { JobFailure, type JobStep, keyUse, nextStep, singlePageStep } from '../engine/index.ts';
import { type EscrowedKey, readEscrowTerms, type SealedEscrow, sealEscrow, wipeKeys } from '../escrow/index.ts';

export interface EscrowParts {
	readonly renewalOf: (job: JobRow) => KeyRenewal;
	readonly read: <T>(job: JobRow, work: (tx: Transaction) => Promise<T>) => Promise<T>;
	/** Name of the installation. */
	readonly installation: string;
}

/**
 * Writes the firm's data keys for the case that the key service is lost: all that open, of every class and version. They are in the clear in
 * this process alone, for as long as the files are made.
 */
export const escrowSteps = (parts: EscrowParts): readonly JobStep[] => [
	singlePageStep(async (job) => {
		const records = await parts.read(job, (tx) => selectUsableKeys(tx, job.firmId));
		const { sealed, kept } = await sealKeys(parts, job, records);
		return {
			async write(tx) {
				await insertEscrowFiles(tx, filesOf(job, sealed));
				const made = systemEntry('worker', {
					action: 'escrow.make',
					firm: job.firmId,
					records: [job.id, sealed.id],
					hash: hash('sha256', sealed.escrow, 'hex'),
					keys: kept.map(({ class: of, version }) => keyUse(of, version)),
				});
				return {
					progress: {
						...nextStep(job),
						done: kept.length,
						failed: records.length - kept.length,
						total: records.length,
					},
					entries: [made],
				};
			},
		};
	}),
];

async function sealKeys({ renewalOf, installation }: EscrowParts, job: JobRow, records: readonly DataKeyRecord[]) {
	const terms = readEscrowTerms(job.terms);
	if (terms === null) throw new JobFailure('WRONG_STATE');
	const renewal = renewalOf(job);
	const keys: EscrowedKey[] = [];
	try {
		for (const record of records) {
			const key = await renewal.unwrap(record).catch(unlessRefused);
			if (key !== null) keys.push({ ...placeOf(record), key });
		}
		// A wrapping key that is disabled refuses all of them: such an escrow would be worth nothing.
		if (keys.length === 0) throw new JobFailure('KEY_UNAVAILABLE');
		const sealed = await sealEscrow({ ...terms, installation, firm: job.firmId, keys, at: new Date() });
		return { sealed, kept: keys.map(({ class: of, version }) => ({ class: of, version })) };
	} catch (error) {
		// The terms were tried when they were asked for, and stay what they are.
		if (error instanceof FirmsealError && error.code === 'BAD_USER_INPUT') throw new JobFailure('BAD_PLAN');
		throw error;
	} finally {
		wipeKeys(keys);
	}
}

const placeOf = ({ firm, class: of, version, commitment }: DataKeyRecord) => ({ firm, class: of, version, commitment });

/** One that is lost already keeps no other out of the escrow; it is counted. */
function unlessRefused(error: unknown): null {
	if (error instanceof KeyUnavailableError && error.reason === 'REFUSED') return null;
	throw error;
}

function filesOf({ id, firmId }: JobRow, { escrow, shares }: SealedEscrow): NewEscrowFile[] {
	const of = { jobId: id, firmId };
	return [
		{ ...of, number: 0, holder: null, side: null, file: escrow },
		...shares.map(({ holder, side, file }, index) => ({ ...of, number: index + 1, holder, side, file })),
	];
}
