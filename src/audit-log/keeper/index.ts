export { type AnchoringTask, type LogLeader, type LogLeaderParts, runLogLeader } from './keep.ts';
export { nodeSha256, originOf, verifierKeyOf } from './note.ts';
export { assertRotatable, type RotatedSigner, rotateSigner } from './rotate.ts';
export { createSignedHeads, type RootHeadFile } from './signed-heads.ts';
export { SignerRefusedError } from './signer.ts';
export { MissingLeavesError, type ReadLeaves, readRanges, readSubtrees } from './subtrees.ts';
