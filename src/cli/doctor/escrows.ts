import { type DatabaseCheck, selectEscrowedFirms } from '../../database/index.ts';
import type { Installation } from '../../wiring/index.ts';
import { shortenList } from '../recovery/index.ts';

/** Whether a firm that has an escrow could lose a key all the same. Of those that have none nothing is said: that is theirs to decide. */
export async function inspectEscrows({ worker }: Pick<Installation, 'worker'>): Promise<DatabaseCheck[]> {
	const firms = await worker.read(null, selectEscrowedFirms);
	if (firms.length === 0) return [];
	const check = 'the newest escrow of each firm, and of the platform, has all their data keys';
	const behind = firms
		.filter(({ newer }) => newer > 0)
		.map(({ slug, newer }) => `${slug ?? 'the platform'} (${newer})`);
	const mend = `Versions that came later are in none, and a loss of the key service is one of what they seal: ${shortenList(behind)}. Make another with \`firmseal keys escrow\`.`;
	return [{ check, ok: behind.length === 0, mend: behind.length === 0 ? null : mend }];
}
