import { type LeaseAnswer, leasesOver } from '../leases/by-api.ts';
import type { Ask } from './ask.ts';
import type { TestFirm } from './installation.ts';
import type { Person } from './person.ts';

export interface WantedLease {
	/** The client of an API that serves both planes, while a broker runs. */
	readonly ask: Ask;
	readonly firm: Pick<TestFirm, 'id' | 'owner'>;
	readonly operator: Person;
	readonly approver: Person;
	/** Keys of RequestBreakGlassInput that differ from the default: all of NOTE for 30 minutes. */
	readonly wish?: Readonly<Record<string, unknown>>;
}

/** Makes an active lease through the API: requested, approved by both sides, and activated. */
export async function activeLease({ ask, firm, operator, approver, wish = {} }: WantedLease): Promise<LeaseAnswer> {
	const leases = leasesOver(ask);
	const { id } = await leases.approved({ operator, approver, owner: firm.owner }, firm.id, wish);
	const { data, text } = await leases.step(operator, 'activate', id);
	const lease = data?.activateBreakGlass?.lease as LeaseAnswer | undefined;
	if (lease?.state !== 'ACTIVE') throw new Error(text);
	return lease;
}
