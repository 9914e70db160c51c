export {
	type BackgroundTask,
	type Clock,
	systemClock,
	type WakeableTask,
	waitAtMost,
	waitForTimeSlice,
} from './clock.ts';
export { repeat } from './repeat.ts';
