import type { Config } from '../../config/index.ts';
import {
	type DatabaseCheck,
	databaseCheck,
	type LeaseRow,
	type Plane,
	selectLateLeases,
	selectLeasesInUse,
} from '../../database/index.ts';
import { grantName } from '../../leases/index.ts';
import { type Installation, openKeyring, openPlaneOf } from '../../wiring/index.ts';
import { plural } from '../command.ts';

/** Whether a broker does its work, and whether the grants at the key service agree with the leases. */
export async function inspectLeases(config: Config, { database }: Installation): Promise<DatabaseCheck[]> {
	const plane = openPlaneOf(database, 'firmseal_operator', 1);
	try {
		const { undecided, uncleared } = await plane.read(null, selectLateLeases);
		const ungranted = await countUngranted(config, plane);
		return [
			finding(
				'no lease waits for a broker for more than a minute',
				undecided,
				`${plural(undecided, 'lease waits', 'leases wait')} longer: run \`firmseal broker\` and read its log.`,
			),
			finding(
				'no ended lease has had grants for more than two minutes',
				uncleared,
				`${plural(uncleared, 'ended lease')} may still have grants: run \`firmseal broker\` and read its log.`,
			),
			finding(
				'every active lease has its grants',
				ungranted,
				`${plural(ungranted, 'lease lacks', 'leases lack')} grants, because someone removed them at the key service: run \`firmseal broker\`, which revokes such leases, or revoke them yourself.`,
			),
		];
	} finally {
		await plane.close();
	}
}

const finding = (check: string, count: number, fix: string): DatabaseCheck =>
	databaseCheck(check, count === 0 ? null : fix);

/** Milliseconds after which the key service lists a new grant. */
const LISTED_AFTER = 5 * 60_000;

/** Counts leases that were active both before and after the grants were read, and long enough for their grants to be listed. */
async function countUngranted(config: Config, plane: Plane): Promise<number> {
	const selectActive = async () =>
		(await plane.read(null, (tx) => selectLeasesInUse(tx))).filter(
			({ state, activatedAt }) =>
				state === 'ACTIVE' && activatedAt !== null && activatedAt.getTime() < Date.now() - LISTED_AFTER,
		);
	const before = await selectActive();
	if (before.length === 0) return 0;
	const keyring = await openKeyring(config, 'broker');
	const grants = new Map<string, ReadonlySet<string>>();
	for (const { firmId } of before)
		if (!grants.has(firmId)) grants.set(firmId, new Set((await keyring.listGrants(firmId)).map(({ name }) => name)));
	const isUngranted = ({ id, firmId, classes }: LeaseRow) =>
		classes.some((each) => !grants.get(firmId)?.has(grantName(id, each)));
	const after = new Set((await selectActive()).map(({ id }) => id));
	return before.filter((lease) => after.has(lease.id) && isUngranted(lease)).length;
}
