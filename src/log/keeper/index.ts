export { type Keeper, type KeeperParts, keepLog, type Leading } from './keep.ts';
export { verifierKeyOf } from './note.ts';
export { type RootHeadFile, signedHeads } from './signed-heads.ts';
export { readRanges } from './subtrees.ts';
