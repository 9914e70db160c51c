import { hash } from 'node:crypto';
import { systemEntry } from '../../audit/index.ts';
import { insertEscrowFiles, type JobRow, type NewEscrowFile, selectUsableKeys } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { DataKeyRecord, KeyRenewal } from '../../keys/index.ts';
import {
	JobFailure,
	type JobStep,
	type JobTransactions,
	keyUse,
	nextStep,
	nullIfKeyRefused,
	singlePageStep,
} from '../engine/index.ts';
import { type EscrowedKey, readEscrowTerms, type SealedEscrow, sealEscrow, wipeKeys } from '../escrow/index.ts';

export interface EscrowParts extends Pick<JobTransactions, 'read'> {
	readonly renewalOf: (job: JobRow) => KeyRenewal;
	readonly installation: string;
}

/**
 * Seals the firm's data keys for a loss of the key service: every class and version that can be opened. The keys are in the clear only in
 * this process, and only while the files are made.
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
			// A key that is lost already is counted and doesn't stop the others.
			const key = await renewal.unwrap(record).catch(nullIfKeyRefused);
			if (key !== null) keys.push({ ...placeOf(record), key });
		}
		// A disabled wrapping key refuses all keys, and an escrow without keys would be worthless.
		if (keys.length === 0) throw new JobFailure('KEY_UNAVAILABLE');
		const sealed = await sealEscrow({ ...terms, installation, firm: job.firmId, keys, at: new Date() });
		return { sealed, kept: keys.map(({ class: of, version }) => ({ class: of, version })) };
	} catch (error) {
		// The terms were valid when they were requested, and can't change.
		if (error instanceof FirmsealError && error.code === 'BAD_USER_INPUT') throw new JobFailure('BAD_PLAN');
		throw error;
	} finally {
		wipeKeys(keys);
	}
}

const placeOf = ({ firm, class: of, version, commitment }: DataKeyRecord) => ({ firm, class: of, version, commitment });

function filesOf({ id, firmId }: JobRow, { escrow, shares }: SealedEscrow): NewEscrowFile[] {
	const of = { jobId: id, firmId };
	return [
		{ ...of, number: 0, holder: null, side: null, file: escrow },
		...shares.map(({ holder, side, file }, index) => ({ ...of, number: index + 1, holder, side, file })),
	];
}
