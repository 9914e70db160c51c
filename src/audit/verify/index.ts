export { AuditProofError } from './audit-proof-error.ts';
export { type Checkpoint, verifyCheckpoint } from './checkpoint.ts';
export { type Consistency, verifyConsistency } from './consistency.ts';
export { leafHash } from './hash.ts';
export { type Inclusion, verifyInclusion } from './inclusion.ts';
export { rootHash } from './root-hash.ts';
