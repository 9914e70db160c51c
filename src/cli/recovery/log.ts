import type { DatabaseCheck } from '../../database/index.ts';
import type { compareLogWithAnchors } from '../../processes/anchor-health.ts';

type Comparison = Awaited<ReturnType<typeof compareLogWithAnchors>>;

const CHECK = 'the log is what is anchored of it';

/** `isWhole`: it says what has happened until now, so far as anybody knows. */
export function findingOfLog({ state, number, why }: Comparison): {
	readonly finding: DatabaseCheck;
	readonly isWhole: boolean;
} {
	if (state === 'SOUND')
		return { finding: { check: `${CHECK}, up to anchor ${number}`, ok: true, mend: null }, isWhole: true };
	if (state === 'NONE') return { finding: { check: CHECK, ok: null, mend: NOT_ANCHORED }, isWhole: true };
	const mend =
		state === 'AWAY'
			? `The anchors can’t be asked: ${why}`
			: `${why} Run \`firmseal audit verify\`, and \`firmseal audit rebuild\` while no worker runs (docs/operations.md, "The log").`;
	return { finding: { check: CHECK, ok: false, mend }, isWhole: false };
}

const NOT_ANCHORED =
	'Nothing is anchored, so that nothing says whether the database is an older one: a worker that runs anchors the log each minute.';
