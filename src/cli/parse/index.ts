export {
	type ApprovalOptions,
	approveByHash,
	assertCanConfirmHash,
	hashOption,
	type RequestToApprove,
} from './approve-by-hash.ts';
export { anyIdOf, idOf } from './id-argument.ts';
export { hasOnlyIds, isId } from './is-id.ts';
export { rateOf, wholeNumber } from './number-argument.ts';
export { isVkey, vkeyOf } from './vkey-argument.ts';
