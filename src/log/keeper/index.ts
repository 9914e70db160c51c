export { type Keeper, type KeeperParts, keepLog, type Leading } from './keep.ts';
export { originOf, sha256, verifierKeyOf } from './note.ts';
export { type RootHeadFile, signedHeads } from './signed-heads.ts';
export { SignerRefusedError } from './signer.ts';
export { MissingLeavesError, type ReadLeaves, readRanges } from './subtrees.ts';
