import { type BackgroundTask, type Clock, runLoops } from '../clock/index.ts';
import { type MovePhase, type Plane, selectColumnMoves } from '../database/index.ts';

/** The progress of columns that are moved from plaintext into sealed columns, as this process knows it: at most a second late. */
export interface ColumnMoveWatch extends BackgroundTask {
	/** null if the column isn't being moved. */
	phaseOf(coordinate: string): MovePhase | null;
}

/** Milliseconds between two reads. */
const PERIOD = 250;

/**
 * Reads the progress now and repeatedly. If a process learns of a phase late, the table's trigger corrects what the process writes
 * (drizzle/0014_column_moves.sql). A read that fails leaves the last known phases.
 */
export async function watchColumnMoves(plane: Pick<Plane, 'read'>, clock: Clock): Promise<ColumnMoveWatch> {
	let phases = new Map<string, MovePhase>();
	async function step(): Promise<false> {
		const moves = await plane.read(null, selectColumnMoves);
		phases = new Map(moves.map(({ coordinate, phase }) => [coordinate, phase]));
		return false;
	}
	await step();
	const reading = { name: 'reading the progress of column moves', period: PERIOD, after: PERIOD, ref: false, step };
	return { ...runLoops([reading], { clock }), phaseOf: (coordinate) => phases.get(coordinate) ?? null };
}

/** The column or columns that a value is written to. */
export type MoveWriteTarget = 'PLAIN' | 'BOTH' | 'SEALED';

export function writeTargetOf(phase: MovePhase | null): MoveWriteTarget {
	if (phase === null || phase === 'ROLLED_BACK') return 'PLAIN';
	return phase === 'CONTRACTING' || phase === 'CONTRACTED' ? 'SEALED' : 'BOTH';
}

/** Whether a value that exists only as plaintext is read. After the cutover it is not: such a value was never sealed. */
export const mayReadPlaintext = (phase: MovePhase | null): boolean =>
	phase !== 'CUTOVER' && phase !== 'CONTRACTING' && phase !== 'CONTRACTED';
