export { type AskedJob, type Asker, askForJob, type JobRequest } from './ask.ts';
export {
	erasingOf,
	KEY_DAYS,
	LONGEST_DAYS,
	readTerms,
	secondsUntilDue,
	subjectOf,
	termsFrom,
	writeTerms,
} from './erase-terms.ts';
export { actOnJob, failedEntry, keyUse, pageEntry } from './job-entries.ts';
export {
	type Consent,
	consentTo,
	goodUntil,
	hashJob,
	isAskedFor,
	isJobProven,
	isSameJob,
	proveAgreement,
	wasJobProven,
} from './job-proof.ts';
export { JobFailure, type JobStep, look, next, once, type WorkedPage } from './job-step.ts';
export { agreeAsOwner, denyAsOwner, type OwnerDesk } from './owner-decides.ts';
