import type { Clock } from '../clock/index.ts';
import { type MovePhase, type Plane, selectColumnMoves } from '../database/index.ts';

/** How far columns of plaintext are on their way into sealed ones, as this process knows it: a second late at most. */
export interface ColumnMoveWatch {
	/** null: its values are where they always were. */
	phaseOf(coordinate: string): MovePhase | null;
	stop(): Promise<void>;
}

/** Milliseconds between two looks. */
const PERIOD = 250;

/**
 * Looks how far they are, from now on. What a process knows late is set right by the table's own trigger (drizzle/0014_column_moves.sql);
 * a look that fails leaves what was known.
 */
export async function watchColumnMoves(plane: Pick<Plane, 'read'>, clock: Clock): Promise<ColumnMoveWatch> {
	let phases = new Map<string, MovePhase>();
	const look = async () => {
		const moves = await plane.read(null, selectColumnMoves);
		phases = new Map(moves.map(({ coordinate, phase }) => [coordinate, phase]));
	};
	const lookAgain = async () => {
		await look().catch(() => {});
		return PERIOD;
	};
	await look();
	const looking = clock.every(lookAgain, { after: PERIOD, ref: false });
	return {
		phaseOf: (coordinate) => phases.get(coordinate) ?? null,
		stop: () => looking.stop(),
	};
}

/** Where a value is written to. */
export type MoveWriteTarget = 'PLAIN' | 'BOTH' | 'SEALED';

export function writeTargetOf(phase: MovePhase | null): MoveWriteTarget {
	if (phase === null || phase === 'ROLLED_BACK') return 'PLAIN';
	return phase === 'CONTRACTING' || phase === 'CONTRACTED' ? 'SEALED' : 'BOTH';
}

/** Whether what is only in the clear is still read: from the cutover on it is what nobody has sealed. */
export const mayReadPlaintext = (phase: MovePhase | null): boolean =>
	phase !== 'CUTOVER' && phase !== 'CONTRACTING' && phase !== 'CONTRACTED';
