export { agree, callOff, checkAgreement, checkCallOff } from './agree.ts';
export { type AskedJob, type Asker, askForJob, type JobRequest } from './ask.ts';
export * from './erase/index.ts';
export { LONGEST_SESSION, type ShareHolder } from './escrow/index.ts';
export { type Consent, consentTo, goodUntil, hashJob, wasJobProven } from './job-proof.ts';
export {
	changeOfWrapping,
	isChangeOfWrapping,
	KEY_CLASSES,
	reencryptions,
	requestOnVersion,
	rotationOfWrapping,
	rotations,
} from './key-requests.ts';
export type { Move } from './migrate/move.ts';
export type { FileFields, MovingField } from './migrate/moving-field.ts';
export { agreeAsOwner, denyAsOwner, type OwnerDesk } from './owner-decides.ts';
export {
	type AskedPerson,
	type PersonTerms,
	readPersonTerms,
	requestPerson,
	type Standing,
	selectPersonRequests,
	selectStanding,
	type Wanted,
} from './people/index.ts';
export {
	assertShareFile,
	digestOfEscrow,
	escrowOf,
	isSessionProven,
	readHolders,
	recoveryOf,
} from './recovery/index.ts';
export type { ContentTable } from './reencrypt.ts';
export { rotateAged } from './rotate-aged.ts';
export { type StepsParts, stepsOver } from './steps.ts';
export { type JobEnd, type Turn, takeTurn } from './turn.ts';
