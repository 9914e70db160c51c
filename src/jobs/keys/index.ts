export { type ChangeKeyParts, changeKeySteps } from './change-key-steps.ts';
export {
	changeOfWrapping,
	isChangeOfWrapping,
	KEY_CLASSES,
	reencryptions,
	requestOnVersion,
	rotationOfWrapping,
	rotations,
} from './key-requests.ts';
export { destroySteps, disableSteps, enableSteps, type KeyStepsParts, rewrap, rotateSteps } from './key-steps.ts';
export { type ContentTable, type ReencryptParts, reencryptSteps } from './reencrypt.ts';
export { FILES, isLost, writing } from './reencrypt-files.ts';
export { rotateAged } from './rotate-aged.ts';
export { storeAnew } from './store-anew.ts';
