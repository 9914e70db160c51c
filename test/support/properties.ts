import { configureGlobal } from 'fast-check';
import { SEED, scale } from './scale.ts';

// A property that says no number of runs has this one.
configureGlobal({ seed: SEED, numRuns: scale(100) });
