import { afterAll } from 'vitest';
import { cpuSecondsHere } from './cpu-seconds.ts';

const before = cpuSecondsHere();
// biome-ignore lint/correctness/noEmptyPattern: Vitest requires a pattern in a hook that does not use its context
afterAll(({}, suite) => {
	suite.file.meta.cpuSeconds = Math.max(0, cpuSecondsHere() - before);
});
