export { type AcknowledgeAlertParts, acknowledgeAlert } from './acknowledge.ts';
export { type Occurrence, type OpenedAlert, openAlerts } from './open-alerts.ts';
export { createAdaptiveBatchSize } from './pace.ts';
export { type AlertCheckParts, type EntryWatchResult, watchEntries } from './watch-entries.ts';
export { type StateCheck, watchStates } from './watch-states.ts';
