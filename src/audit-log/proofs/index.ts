export { findCheckpoint, type PublishedCheckpoint } from './find-checkpoint.ts';
export { formatProofFile } from './proof-file.ts';
export { type ConsistencyProof, proveConsistency } from './prove-consistency.ts';
export { type InclusionProof, proveInclusion } from './prove-inclusion.ts';
export { readVerifierKeys, type VerifierKeys } from './verifier-keys.ts';
