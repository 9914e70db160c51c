export { showCheckpoint, type TreeOptions } from './checkpoint.ts';
export { type BundleExportOptions, exportBundle } from './export.ts';
export { type ProofOptions, saveProof } from './proof.ts';
export { rotateCheckpointKey } from './rotate-checkpoint-key.ts';
export { misuseOf, type VerifyLogOptions, verifyLog } from './verify.ts';
