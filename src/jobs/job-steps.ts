import type { JobKind, JobRow } from '../database/index.ts';
import type { JobStep } from './engine/index.ts';
import { type EraseParts, eraseSteps } from './erase/index.ts';
import {
	type ChangeKeyParts,
	changeKeySteps,
	destroySteps,
	disableSteps,
	enableSteps,
	type KeyStepsParts,
	type ReencryptParts,
	reencryptSteps,
	rewrapStep,
	rotateSteps,
} from './keys/index.ts';
import {
	backfillSteps,
	type ClearParts,
	type ContractParts,
	clearSteps,
	contractSteps,
	moveSteps,
	verifySteps,
} from './migrate/index.ts';
import { type PeopleParts, personSteps } from './people/index.ts';
import { drillSteps, type EscrowParts, escrowSteps, type RecoveryParts, recoverSteps } from './recovery/index.ts';

export type JobStepsParts = KeyStepsParts &
	ReencryptParts &
	ContractParts &
	ClearParts &
	ChangeKeyParts &
	EraseParts &
	EscrowParts &
	RecoveryParts &
	PeopleParts;

const KINDS: Readonly<Record<JobKind, (parts: JobStepsParts, job: JobRow) => readonly JobStep[]>> = {
	ROTATE: rotateSteps,
	REWRAP: (parts) => [rewrapStep(parts)],
	REENCRYPT: reencryptSteps,
	DISABLE: disableSteps,
	ENABLE: enableSteps,
	DESTROY: destroySteps,
	MOVE: moveSteps,
	BACKFILL: backfillSteps,
	VERIFY: verifySteps,
	CONTRACT: contractSteps,
	CLEAR: clearSteps,
	BRING: changeKeySteps,
	GIVE_BACK: changeKeySteps,
	ERASE: eraseSteps,
	ESCROW: escrowSteps,
	RECOVER: recoverSteps,
	DRILL: drillSteps,
	APPOINT: personSteps,
	ADD_OPERATOR: personSteps,
};

export const createJobSteps =
	(parts: JobStepsParts) =>
	(job: JobRow): readonly JobStep[] =>
		KINDS[job.kind](parts, job);
