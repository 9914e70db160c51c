import type { JobKind, JobRow } from '../database/index.ts';
import { type ChangeKeyParts, changeKeySteps } from './change-key-steps.ts';
import { type EraseParts, eraseSteps } from './erase/index.ts';
import type { JobStep } from './job-step.ts';
import { destroySteps, disableSteps, enableSteps, type KeyStepsParts, rewrap, rotateSteps } from './key-steps.ts';
import { backfillSteps } from './migrate/backfill.ts';
import { type ClearParts, clearSteps } from './migrate/clear.ts';
import { type ContractParts, contractSteps } from './migrate/contract.ts';
import { moveSteps } from './migrate/move.ts';
import { verifySteps } from './migrate/verify.ts';
import { type PeopleParts, personSteps } from './people/index.ts';
import { drillSteps, type EscrowParts, escrowSteps, type RecoveryParts, recoverSteps } from './recovery/index.ts';
import { type ReencryptParts, reencryptSteps } from './reencrypt.ts';

export type StepsParts = KeyStepsParts &
	ReencryptParts &
	ContractParts &
	ClearParts &
	ChangeKeyParts &
	EraseParts &
	EscrowParts &
	RecoveryParts &
	PeopleParts;

/** What each kind of job consists of. */
const KINDS: Readonly<Record<JobKind, (parts: StepsParts, job: JobRow) => readonly JobStep[]>> = {
	ROTATE: rotateSteps,
	REWRAP: (parts) => [rewrap(parts)],
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

export const stepsOver =
	(parts: StepsParts) =>
	(job: JobRow): readonly JobStep[] =>
		KINDS[job.kind](parts, job);
