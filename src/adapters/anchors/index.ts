export type { AnchorKind } from './anchor-name.ts';
export { type AnchorsInObjectsOptions, openAnchorsInObjects } from './anchors-in-objects.ts';
