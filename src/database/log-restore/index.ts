export { countDifferences, countWrongAnchors, isNoteStaged, type LogDifferences } from './count-differences.ts';
export { areLogCountsSound, selectRootCheckpointsAfter, selectTreeSizes } from './log-counts.ts';
export { type RestoredState, type RestoreOptions, restoreLog } from './restore-log.ts';
export {
	type AnchoredEntry,
	type AnchoredRootLeaf,
	stageAnchors,
	stageLeaves,
	stageRootCheckpoints,
	stageRootLeaves,
	withLogRestore,
} from './with-log-restore.ts';
