export { type Keeper, type KeeperParts, keepLog, type Leading } from './keep.ts';
export { type RootHeadFile, signedHeads } from './signed-heads.ts';
