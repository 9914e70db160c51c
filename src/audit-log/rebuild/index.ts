export { type DisputedFile, type LostHead, type RebuildParts, type Rebuilt, rebuildLog } from './rebuild.ts';
