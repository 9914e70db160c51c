export { type ExportOptions, exportBundle } from './export.ts';
export { type ProofOptions, saveProof } from './proof.ts';
export { rotateKey } from './rotate-key.ts';
export { showCheckpoint, type TreeOptions } from './show-checkpoint.ts';
export { misuseOf, type VerifyOptions, verifyLog } from './verify.ts';
