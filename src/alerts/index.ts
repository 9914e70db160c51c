export { type AcknowledgeAlertParts, acknowledgeAlert } from './acknowledge-alert.ts';
export { type Occurrence, type OpenedAlert, openAlerts } from './open-alerts.ts';
export { type AlertCheckParts, createAdaptiveBatchSize, type EntryWatchResult, watchEntries } from './watch-entries.ts';
export { type StateCheck, watchStates } from './watch-states.ts';
