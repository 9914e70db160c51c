import { expect } from 'vitest';
import { watchEntries } from '../../../src/alerts/index.ts';
import { thresholdsWith } from '../../../src/audit/index.ts';
import { openLog, openPlaneOf } from '../../../src/wiring/index.ts';
import type { Evidence } from './attack.ts';
import type { AttackAnswer, Stage } from './stage.ts';

/** Checks that the search for alerts finds an operator's read without a lease, while `meanwhile` tries to prevent that. */
export async function findsDenial(
	stage: Stage,
	meanwhile: (find: () => Promise<void>) => Promise<unknown>,
): Promise<Evidence> {
	const { database } = stage.installation;
	const planes = [openPlaneOf(database, 'firmseal_log', 1), openPlaneOf(database, 'firmseal_worker', 1)] as const;
	const audit = openLog(planes[1]);
	const look = async (): Promise<string[]> => {
		const opened: string[] = [];
		for (;;) {
			const watched = await watchEntries({ plane: planes[0], audit, thresholds: thresholdsWith() });
			opened.push(...watched.opened.map(({ rule }) => rule));
			if (!watched.more) return opened;
		}
	};
	const counted = async () => {
		const [row] =
			await stage.admin`select coalesce(sum(count), 0)::int as count from alerts where rule = 'CONTENT_WITHOUT_LEASE'`;
		return row?.count as number;
	};
	const answers: AttackAnswer[] = [];
	try {
		await look();
		await meanwhile(async () => {
			const before = await counted();
			answers.push(
				await stage.ask(stage.operator, `{ notes(firmId: "${stage.north.id}", first: 1) { nodes { title } } }`),
			);
			await look();
			expect(await counted()).toBe(before + 1);
		});
		return { answers };
	} finally {
		await audit.close();
		await Promise.all(planes.map((plane) => plane.close()));
	}
}
