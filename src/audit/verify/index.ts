export { AuditProofError } from './audit-proof-error.ts';
export { type Checkpoint, verifyCheckpoint } from './checkpoint.ts';
export { type Consistency, verifyConsistency } from './consistency.ts';
export { leafHash, rootHash } from './hash.ts';
export { type Inclusion, verifyInclusion } from './inclusion.ts';
