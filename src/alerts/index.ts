export { type AcknowledgeAlertParts, acknowledgeAlert } from './acknowledge-alert.ts';
export { createAdaptiveBatchSize } from './adaptive-batch-size.ts';
export { type Occurrence, type OpenedAlert, openAlerts } from './open-alerts.ts';
export { type AlertCheckParts, type EntryWatchResult, watchEntries } from './watch-entries.ts';
export { type StateCheck, watchStates } from './watch-states.ts';
