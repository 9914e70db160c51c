import { type DatabaseCheck, selectEscrowedFirms } from '../../database/index.ts';
import type { Installation } from '../../wiring/index.ts';
import { shortenList } from '../recovery/index.ts';

/** Whether a firm that has an escrow could still lose a key. Firms without an escrow are not checked: to have one is their decision. */
export async function inspectEscrows({ worker }: Pick<Installation, 'worker'>): Promise<DatabaseCheck[]> {
	const firms = await worker.read(null, selectEscrowedFirms);
	if (firms.length === 0) return [];
	const check = 'the newest escrow of each firm, and of the platform, has all their data keys';
	const behind = firms
		.filter(({ newer }) => newer > 0)
		.map(({ slug, newer }) => `${slug ?? 'the platform'} (${newer})`);
	const fix = `Newer versions of data keys are in no escrow, so that a loss of the key service would lose what they seal: ${shortenList(behind)}. Make another escrow with \`firmseal keys escrow\`.`;
	return [{ check, ok: behind.length === 0, fix: behind.length === 0 ? null : fix }];
}
