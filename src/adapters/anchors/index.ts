export type { AnchorKind } from './anchor-name.ts';
export { type ObjectAnchorStoreOptions, openObjectAnchorStore } from './anchors-in-objects.ts';
