import { type LeaseAnswer, leasesOver } from '../leases/by-api.ts';
import type { Ask } from './ask.ts';
import type { TestFirm } from './installation.ts';
import type { Person } from './person.ts';

export interface WantedLease {
	/** Of an API that serves both planes, beside which a broker runs. */
	readonly ask: Ask;
	readonly firm: Pick<TestFirm, 'id' | 'owner'>;
	readonly operator: Person;
	readonly approver: Person;
	/** What is asked for other than NOTE, everything of it, for 30 minutes: keys of RequestBreakGlassInput. */
	readonly wish?: Readonly<Record<string, unknown>>;
}

/** A lease that its operator can use now: asked for, agreed to by both sides and activated, as people do it. */
export async function activeLease({ ask, firm, operator, approver, wish = {} }: WantedLease): Promise<LeaseAnswer> {
	const leases = leasesOver(ask);
	const { id } = await leases.approved({ operator, approver, owner: firm.owner }, firm.id, wish);
	const { data, text } = await leases.step(operator, 'activate', id);
	const lease = data?.activateBreakGlass?.lease as LeaseAnswer | undefined;
	if (lease?.state !== 'ACTIVE') throw new Error(text);
	return lease;
}
