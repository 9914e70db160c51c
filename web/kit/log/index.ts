export { createLogSource, type LogOperations, readLogKeys } from './api-log-source.ts';
export type { LeaseCheck, ShownLease, ShownStep } from './compare-lease.ts';
export { LogCheck } from './log-check.ts';
export { LogFacts } from './log-facts.tsx';
export type { Opening } from './log-records.ts';
export type { LogSummary } from './log-summary.ts';
export { LogVerdict } from './log-verdict.tsx';
export type { LogView } from './log-view.ts';
export { startLogWorker } from './log-worker.ts';
