export { type AlertDesk, acknowledgeAlert } from './acknowledge.ts';
export { type Occurrence, type OpenedAlert, openAlerts } from './open-alerts.ts';
export { createPace } from './pace.ts';
export { type Watched, type WatchParts, watchEntries } from './watch-entries.ts';
export { type StateLook, watchStates } from './watch-states.ts';
