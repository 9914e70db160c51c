import type { Survey } from '../survey.ts';

/** Yields one sentence per violation: the coordinate first, then what is wrong, then how to fix it. */
export type StartUpRule = (survey: Survey) => Iterable<string>;
