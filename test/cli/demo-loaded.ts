import { getTableName } from 'drizzle-orm';
import { WORKSPACE } from '../../src/firms/index.ts';
import type { TestInstallation } from '../support/installation.ts';

export const TABLES = [...Object.values(WORKSPACE).map(({ table }) => getTableName(table)), 'shares'];
/** The number of records by type that both firms together have when the demo is loaded. */
export const LOADED = {
	Client: 10,
	Note: 50,
	Thread: 106,
	Message: 300,
	Comment: 48,
	Document: 24,
	DocumentVersion: 32,
	File: 12,
	Invoice: 20,
	TimeEntry: 40,
};
export const SHARES = 12;

export async function countsOf({ admin }: TestInstallation, slug: string): Promise<Record<string, number>> {
	const counts = TABLES.map(async (table) => {
		const [row] = await admin`
			select count(*)::int as n from ${admin(table)} t join firms on firms.id = t.firm_id where firms.slug = ${slug}`;
		return [table, row?.n as number] as const;
	});
	return Object.fromEntries(await Promise.all(counts));
}
