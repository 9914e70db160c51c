export { explain, type RunningCommand, settingsOf, withoutOwnAdvice } from './explain.ts';
export { type LabelledValue, markedRows } from './marked-rows.ts';
export { type Progress, showProgress } from './progress.ts';
