export { type Keeper, type KeeperParts, keepLog, type Leading } from './keep.ts';
export { originOf, sha256, verifierKeyOf } from './note.ts';
export { assertRotatable, type RotatedKey, rotateSigner } from './rotate.ts';
export { type RootHeadFile, signedHeads } from './signed-heads.ts';
export { SignerRefusedError } from './signer.ts';
export { MissingLeavesError, type ReadLeaves, readRanges, readSubtrees } from './subtrees.ts';
