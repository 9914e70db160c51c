export { type ChangeKeyParts, changeKeySteps } from './change-key-steps.ts';
export {
	isWrappingKeyChange,
	JOB_KEY_CLASSES,
	keyVersionRequest,
	nextRotationRequests,
	reencryptionRequests,
	wrappingKeyChangeRequest,
	wrappingKeyRotationRequest,
} from './key-requests.ts';
export {
	destroySteps,
	disableSteps,
	enableSteps,
	type KeyStepsParts,
	rewrapStep,
	rotateSteps,
	storeRewrapped,
} from './key-steps.ts';
export { FILE_CONTENT_CLASS, isFileUnreadable, writeWithHeartbeat } from './reencrypt-files.ts';
export { type ContentTable, type ReencryptParts, reencryptSteps } from './reencrypt-steps.ts';
export { rotateAgedKeys } from './rotate-aged-keys.ts';
