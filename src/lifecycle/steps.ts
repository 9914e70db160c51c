import type { JobKind, JobRow } from '../database/index.ts';
import type { JobStep } from './job-step.ts';
import { destroySteps, disableSteps, enableSteps, type KeyStepsParts, rewrap, rotateSteps } from './key-steps.ts';
import { type ReencryptParts, reencryptSteps } from './reencrypt.ts';

export type StepsParts = KeyStepsParts & ReencryptParts;

/** What each kind of job consists of. */
const KINDS: Readonly<Record<JobKind, (parts: StepsParts, job: JobRow) => readonly JobStep[]>> = {
	ROTATE: rotateSteps,
	REWRAP: (parts) => [rewrap(parts)],
	REENCRYPT: reencryptSteps,
	DISABLE: disableSteps,
	ENABLE: enableSteps,
	DESTROY: destroySteps,
};

export const stepsOver =
	(parts: StepsParts) =>
	(job: JobRow): readonly JobStep[] =>
		KINDS[job.kind](parts, job);
