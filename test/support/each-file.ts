import { configureGlobal } from 'fast-check';
import { afterAll, vi } from 'vitest';
import { SEED, scale } from './scale.ts';

// A property that says no number of runs has this one.
configureGlobal({ seed: SEED, numRuns: scale(100) });
// Files share a process: after the file's own hooks, which may still need them.
afterAll(() => void vi.unstubAllEnvs());
