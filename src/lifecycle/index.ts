export { agree, callOff, checkAgreement, findJob } from './agree.ts';
export { type AskedJob, type Asker, askForJob, type JobRequest } from './ask.ts';
export { needsAnother } from './job-proof.ts';
export { reencryptions, requestOnVersion, rotationOfWrapping, rotations } from './key-requests.ts';
export type { ContentTable } from './reencrypt.ts';
export { rotateAged } from './rotate-aged.ts';
export { type StepsParts, stepsOver } from './steps.ts';
export { type JobEnd, type Turn, takeTurn } from './turn.ts';
