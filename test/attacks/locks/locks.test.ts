import { afterAll, beforeAll, describe, it } from 'vitest';
import type { LockArea } from './case.ts';
import { moments } from './cases/moments.ts';
import { rows } from './cases/rows.ts';
import { scope } from './cases/scope.ts';
import { whose } from './cases/whose.ts';
import { type LockStage, makeLockStage } from './stage.ts';

const AREAS: readonly LockArea[] = [whose, scope, moments, rows];

let stage: LockStage;
beforeAll(async () => {
	stage = await makeLockStage();
});
afterAll(() => stage?.close());

describe.each(AREAS)('$title', ({ cases }) => {
	it.for(cases)('$attack: $gates', async (one) => {
		try {
			await one.run(stage);
		} finally {
			await stage.clear();
		}
	});
});
