import type { OperatorPrincipal } from '../../src/access/index.ts';
import { columnOfCoordinate } from '../../src/api/index.ts';
import type { Plane } from '../../src/database/index.ts';
import type { RightsProofs } from '../../src/keys/index.ts';
import { findActiveLease, type RequestLease } from '../../src/leases/index.ts';
import { openPlaneOf } from '../../src/wiring/index.ts';
import { openRequestLeases, type RequestLeasesParts } from '../../src/wiring/request-leases.ts';
import type { Person, TestFirm, TestInstallation } from '../support/installation.ts';
import { activeLease } from '../support/leases.ts';

/** An operator's lease on a firm's notes, long enough for the kit's whole run. */
export interface KitLease {
	/** Finds and opens the lease again for each request, as the server does. */
	open(request: string): Promise<RequestLease>;
	/** The operator's own session inside the lease. */
	readonly plane: Plane;
	close(): Promise<void>;
}

interface Parts extends Omit<RequestLeasesParts, 'database' | 'columnOf'> {
	readonly rights: RightsProofs;
}

/** Has the lease requested, approved and activated by the people responsible. */
export async function makeKitLease(installation: TestInstallation, firm: TestFirm, operator: Person): Promise<string> {
	const [api, broker] = [await installation.serve(), await installation.startBroker()];
	try {
		const approver = await installation.addOperator('APPROVER');
		const wish = { classes: ['NOTE'], minutes: 240 };
		return (await activeLease({ ask: api.ask, firm, operator, approver, wish })).id;
	} finally {
		await broker.stop();
		await api.stop();
	}
}

export function openKitLease(
	{ database }: Pick<TestInstallation, 'database'>,
	parts: Parts,
	id: string,
	principal: OperatorPrincipal,
): KitLease {
	const uses = openRequestLeases({ ...parts, database, columnOf: columnOfCoordinate });
	const session = openPlaneOf(database, 'firmseal_break_glass', 2);
	return {
		plane: session.forLease(id),
		async open(request) {
			return uses.openRequestLease(await findActiveLease(parts, id, principal), request, () => {});
		},
		async close() {
			await Promise.all([uses.close(), session.close()]);
		},
	};
}
