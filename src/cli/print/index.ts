export { explain, type RunningCommand, settingsOf, withoutOwnAdvice } from './explain.ts';
export { markedRows, type Row } from './marked-rows.ts';
export { type Progress, showProgress } from './progress.ts';
