export {
	type BackgroundTask,
	type Clock,
	systemClock,
	type WakeableTask,
	waitAtMost,
} from './clock.ts';
export { repeat } from './repeat.ts';
export { waitForTimeSlice } from './time-slices.ts';
