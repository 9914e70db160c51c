export { workspaceResolvers } from './resolvers.ts';
export { findInWorkspace, loadAsNode, loadRow } from './rows.ts';
