export {
	type ApprovalOptions,
	approveByHash,
	assertCanConfirmHash,
	hashOption,
	type RequestToApprove,
} from './agreed-hash.ts';
export { anyIdOf, idOf } from './id-argument.ts';
export { hasOnlyIds, isId } from './is-id.ts';
export { rateOf, wholeNumber } from './number-argument.ts';
export { isVkey, vkeyOf } from './vkey-argument.ts';
