export { type AnchorsInObjectsOptions, openAnchorsInObjects } from './anchors-in-objects.ts';
