export { type RestoredState, type RestoreOptions, restoreLog } from './apply.ts';
export { countDifferences, countWrongAnchors, isNoteStaged, type LogDifferences } from './differences.ts';
export {
	type AnchoredEntry,
	type AnchoredRootLeaf,
	stageAnchors,
	stageLeaves,
	stageRootCheckpoints,
	stageRootLeaves,
	withLogRestore,
} from './session.ts';
export { areLogCountsSound, selectRootCheckpointsAfter, selectTreeSizes } from './soundness.ts';
