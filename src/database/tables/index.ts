export { auditEntries } from './audit-entries.ts';
export { dataKeys } from './data-keys.ts';
export { firms } from './firms.ts';
export { notes } from './notes.ts';
export { memberships, operators, users } from './users.ts';
