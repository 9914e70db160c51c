export { findCheckpoint, type PublishedCheckpoint } from './checkpoint.ts';
export { type ConsistencyProof, proveConsistency } from './consistency.ts';
export { type InclusionProof, proveInclusion } from './inclusion.ts';
export { formatProofFile } from './proof-file.ts';
export { readVerifierKeys, type VerifierKeys } from './verifier-keys.ts';
