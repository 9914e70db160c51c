export { type Actor, type Clock, nextTurn, type Repetition, systemClock, waitAtMost } from './clock.ts';
export { repeat } from './repeat.ts';
