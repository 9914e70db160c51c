export {
	type BackgroundTask,
	type Clock,
	repeat,
	systemClock,
	type WakeableTask,
	waitAtMost,
} from './clock.ts';
export { waitForTimeSlice } from './time-slices.ts';
