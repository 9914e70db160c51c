import { configureGlobal } from 'fast-check';
import { afterAll, vi } from 'vitest';
import { SEED, scale } from './scale.ts';

// The default number of runs of a property.
configureGlobal({ seed: SEED, numRuns: scale(100) });
// Files share a process. This runs after the file's own hooks, which may still need the variables.
afterAll(() => void vi.unstubAllEnvs());
