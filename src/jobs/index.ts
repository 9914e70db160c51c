export { agree, callOff, checkAgreement, checkCallOff } from './agree.ts';
export {
	type AskedJob,
	type Asker,
	agreeAsOwner,
	askForJob,
	type Consent,
	consentTo,
	denyAsOwner,
	goodUntil,
	hashJob,
	type JobRequest,
	type OwnerDesk,
	wasJobProven,
} from './engine/index.ts';
export * from './erase/index.ts';
export { LONGEST_SESSION, type ShareHolder } from './escrow/index.ts';
export type { ContentTable } from './keys/index.ts';
export {
	changeOfWrapping,
	isChangeOfWrapping,
	KEY_CLASSES,
	reencryptions,
	requestOnVersion,
	rotateAged,
	rotationOfWrapping,
	rotations,
} from './keys/index.ts';
export type { FileFields, Move, MovingField } from './migrate/index.ts';
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
export { type StepsParts, stepsOver } from './steps.ts';
export { type JobEnd, type Turn, takeTurn } from './turn.ts';
