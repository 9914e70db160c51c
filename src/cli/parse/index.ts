export {
	type ApprovalOptions,
	approveByHash,
	assertCanConfirmHash,
	hashOption,
	type RequestToApprove,
} from './approve-by-hash.ts';
export {
	anyIdOf,
	idOf,
	PERSON_HELP,
	rateOf,
	refuseBadOutput,
	SUBJECT_HELP,
	vkeyOf,
	wholeNumber,
} from './arguments.ts';
export { hasOnlyIds, isId } from './is-id.ts';
export { isInteractive, promptLine, promptSecret } from './prompt.ts';
