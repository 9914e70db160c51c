export * from './audit-entries.ts';
export * from './data-keys.ts';
export * from './firms.ts';
export * from './identify.ts';
export * from './notes.ts';
export * from './users.ts';
