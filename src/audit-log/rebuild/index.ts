export {
	type DisputedFile,
	type RebuildParts,
	type RebuildResult,
	rebuildLog,
	type SignedHeadFile,
} from './rebuild-log.ts';
