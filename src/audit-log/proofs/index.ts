export { findCheckpoint, type PublishedCheckpoint } from './find-checkpoint.ts';
export { askForFreshCheckpoint, findKeyLogCheckpoint, type NewestKeyLogCheckpoint } from './key-log-checkpoint.ts';
export {
	type ConsistencyProof,
	formatProofFile,
	type InclusionProof,
	proveConsistency,
	proveInclusion,
} from './prove.ts';
export { readVerifierKeys, type VerifierKeys } from './verifier-keys.ts';
