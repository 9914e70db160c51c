import type { TestInstallation } from '../../support/installation.ts';
import { until } from '../../system/program.ts';

/** Resolves when every entry that there is now is covered by a signed checkpoint of the root tree. */
export async function published({ admin }: Pick<TestInstallation, 'admin'>): Promise<void> {
	const [last] = await admin`select id from audit_entries order by transaction desc, id desc limit 1`;
	await until(async () => {
		const [row] = await admin`select audit_is_published(array[${last?.id}]::uuid[]) as yes`;
		return row?.yes === true;
	}, 20_000);
}
