import { afterAll } from 'vitest';
import { cpuSecondsHere } from './cpu-seconds.ts';

const before = cpuSecondsHere();
// biome-ignore lint/correctness/noEmptyPattern: Vitest asks for a pattern where a hook takes nothing of its context
afterAll(({}, suite) => {
	suite.file.meta.cpuSeconds = Math.max(0, cpuSecondsHere() - before);
});
