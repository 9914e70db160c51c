export type { AnchorKind } from './anchor-name.ts';
export { type ObjectAnchorStoreOptions, openObjectAnchorStore } from './object-anchor-store.ts';
