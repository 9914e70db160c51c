import type { Machine } from '../machine.ts';
import type { Peers } from '../peers.ts';
import type { SectionResult } from '../section.ts';

/** What a run has measured. */
export interface Result {
	/** ISO 8601. */
	readonly at: string;
	readonly machine: Machine;
	/** null: they could not be installed. */
	readonly peers: Peers | null;
	readonly quick: boolean;
	/** How long the run took. */
	readonly seconds: number;
	readonly sections: readonly SectionResult[];
}
