import { selectDataKeys, setKeyState, type Transaction } from '../../database/index.ts';
import { type DataKeyRecord, PLATFORM_FIRM_ID } from '../../keys/index.ts';

type Place = Pick<DataKeyRecord, 'class' | 'version'>;

/**
 * Of the platform's keys those that open now, and were disabled when their key service was lost: nothing else disables one. The newest of a class is
 * ACTIVE again, the others open. As long as the newest is still lost the others stay closed: an older one in its place would take the log back.
 */
export async function enableRecovered(tx: Transaction, open: readonly Place[]): Promise<void> {
	const keys = await selectDataKeys(tx, PLATFORM_FIRM_ID);
	for (const [of, versions] of Map.groupBy(open, (key) => key.class)) {
		const newest = keys.findLast((key) => key.class === of);
		const isBack = newest?.state === 'ACTIVE' || versions.some(({ version }) => version === newest?.version);
		if (!isBack) continue;
		for (const { version } of versions) {
			const state = version === newest?.version ? 'ACTIVE' : 'RETIRED';
			await setKeyState(tx, { firm: PLATFORM_FIRM_ID, class: of, version }, ['DISABLED'], state);
		}
	}
}
