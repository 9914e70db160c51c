export { type BackgroundTask, type Clock, systemClock, type WakeableTask, waitAtMost } from './clock.ts';
export { type Loop, type LoopLog, runLoops } from './loops.ts';
export { waitForTimeSlice } from './time-slices.ts';
