import type { Survey } from '../survey.ts';

/** Answers one sentence for each violation: the coordinate first, then what is wrong, then how to fix it. */
export type StartUpRule = (survey: Survey) => Iterable<string>;
