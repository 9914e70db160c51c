export { findCheckpoint, type PublishedCheckpoint } from './find-checkpoint.ts';
export { type ConsistencyProof, proveConsistency } from './prove-consistency.ts';
export { formatProofFile, type InclusionProof, proveInclusion } from './prove-inclusion.ts';
export { readVerifierKeys, type VerifierKeys } from './verifier-keys.ts';
