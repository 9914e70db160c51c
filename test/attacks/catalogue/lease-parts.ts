import { leasesOver, type SeenLease } from '../../leases/by-api.ts';
import type { Stage } from './stage.ts';

/** SQL of somebody who has the operator's login, in a transaction that breaks glass, or names no lease. */
export const breaking = (stage: Stage, lease: string, statement: string) =>
	stage.sql('operator', { firm: stage.north.id }, async (tx) => {
		await tx`select set_config('role', 'firmseal_break_glass', true), set_config('firmseal.lease', ${lease}, true)`;
		return tx.unsafe(statement);
	});

/** A request of the operator's that waits. */
export const requested = ({ api, operator, north }: Stage): Promise<SeenLease> =>
	leasesOver(api.ask).requested(operator, north.id);
