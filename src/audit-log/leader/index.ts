export { nodeSha256, originOf, treeNamedBy, verifierKeyOf } from './note.ts';
export { MissingLeavesError, readRanges, readSubtrees } from './read-subtrees.ts';
export { assertRotatable, type RotatedSigner, rotateSigner } from './rotate-signer.ts';
export {
	type AnchoringTask,
	type LogLeader,
	type LogLeaderEvents,
	type LogLeaderParts,
	runLogLeader,
} from './run-log-leader.ts';
export { createSignedHeads, type RootHeadFile } from './signed-heads.ts';
export { SignerRefusedError } from './signer.ts';
