import fc from 'fast-check';

/** The same values in each run, so that the score is stable. Few values and no shrinking, because most mutants fail immediately. */
fc.configureGlobal({ seed: 1, numRuns: 25, endOnFailure: true });
