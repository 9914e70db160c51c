import type { TestInstallation } from '../../support/installation.ts';
import type { SteppedClock } from '../../support/stepped-clock.ts';

/** Steps keepers until every entry that there is now is covered by a signed checkpoint of the root tree. */
export async function published(
	{ admin }: Pick<TestInstallation, 'admin'>,
	...clocks: readonly Pick<SteppedClock, 'advance'>[]
): Promise<void> {
	const [last] = await admin`select id from audit_entries order by transaction desc, id desc limit 1`;
	for (let yes = false; !yes; ) {
		await Promise.all([...clocks.map((clock) => clock.advance(1_000)), admin`select pg_sleep(0.02)`]);
		const [row] = await admin`select audit_is_published(array[${last?.id}]::uuid[]) as yes`;
		yes = row?.yes;
	}
}
