export { workspaceResolvers } from './resolvers.ts';
export { findInWorkspace, loadRow } from './rows.ts';
