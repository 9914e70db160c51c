import type { Sql } from 'postgres';
import { parseLeaf } from '../../src/audit/index.ts';
import { leasesOver, type SeenLease } from '../leases/by-api.ts';
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
export async function activeLease({ ask, firm, operator, approver, wish = {} }: WantedLease): Promise<SeenLease> {
	const leases = leasesOver(ask);
	const { id } = await leases.approved({ operator, approver, owner: firm.owner }, firm.id, wish);
	const { data, text } = await leases.step(operator, 'activate', id);
	const lease = data?.activateBreakGlass?.lease as SeenLease | undefined;
	if (lease?.state !== 'ACTIVE') throw new Error(text);
	return lease;
}

/** Milliseconds from the first refusal of a key of the firm since then until the lease had ended, by the times on record. */
export async function endedAfterRefusal(
	admin: Sql,
	{ id, firm }: Pick<SeenLease, 'id'> & { firm: TestFirm },
	since: Date,
) {
	const rows = await admin`select leaf from audit_entries where leaf::jsonb ->> 'reason' = 'REFUSED'`;
	const refused = rows
		.map(({ leaf }) => parseLeaf(leaf))
		.filter((entry) => entry.firm === firm.id)
		.map(({ at }) => Date.parse(at))
		.filter((at) => at >= since.getTime());
	if (refused.length === 0) throw new Error('nothing was refused');
	const [lease] = (await admin`select ended_at from leases where id = ${id}`) as [{ ended_at: Date }];
	return lease.ended_at.getTime() - Math.min(...refused);
}
