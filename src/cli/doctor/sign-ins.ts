import type { Config } from '../../config/index.ts';
import { SETTING_OF } from '../../config/index.ts';
import { type Finding, inspectSignIn, whichDatabase, whichDatabaseAt } from '../../database/index.ts';
import { assertPrepared } from '../../processes/start-checks.ts';
import type { Installation } from '../../wiring/index.ts';
import { type DatabaseAccess, openPlaneOf } from '../../wiring/index.ts';
import { tell } from '../command.ts';

/** The roles that each process takes; the worker's database is what the others' are compared with. */
const ROLES = {
	firm: ['firm', 'portal'],
	operator: ['operator', 'break_glass'],
	worker: ['worker', 'log', 'signer'],
	broker: ['broker'],
} as const;

type Side = keyof typeof ROLES;

/**
 * Whether each plane signs in, and every URL leads to one database, which is prepared: a process would begin on another one, or not begin. In
 * development one superuser's URL may serve all planes; in production each signs in by a login with no right of its own.
 * @throws SetupError for a worker whose database is not prepared, of which nothing else could be said
 */
export async function inspectSignIns(config: Config, { database, worker }: Installation): Promise<Finding[]> {
	const own = await whichDatabase(worker);
	await assertPrepared(worker);
	const findings: Finding[] = [];
	for (const side of Object.keys(ROLES) as Side[])
		for (const role of ROLES[side]) findings.push(...(await ofPlane(config, database, side, role, own)));
	for (const way of ['direct', 'admin'] as const) {
		const url = config.database[way]?.expose();
		if (url !== undefined) findings.push(...(await ofWay(SETTING_OF[way], url, own)));
	}
	return findings;
}

async function ofPlane(
	{ env }: Config,
	database: DatabaseAccess,
	side: Side,
	role: (typeof ROLES)[Side][number],
	own: string,
): Promise<Finding[]> {
	const check = `the ${role.replace('_', '-')} plane signs in${env === 'production' ? ' as neither owner nor superuser' : ''}`;
	const plane = openPlaneOf(database, `firmseal_${role}`, 1);
	try {
		const { isOwner, isSuperuser } = await inspectSignIn(plane);
		const ok = env === 'development' || !(isOwner || isSuperuser);
		const mend = ok ? null : 'Give the plane a URL with the login that `firmseal init` made.';
		// Once for each URL.
		const asked = role === side && side !== 'worker';
		return [{ check, ok, mend }, ...(asked ? [compared(SETTING_OF[side], await whichDatabase(plane), own)] : [])];
	} catch (error) {
		return [{ check, ok: false, mend: tell(error).message }];
	} finally {
		await plane.close();
	}
}

/** Who signs in by it is another process's affair: here it is whether the URL signs in, and where. */
async function ofWay(setting: string, url: string, own: string): Promise<Finding[]> {
	const check = `${setting} signs in`;
	try {
		const there = await whichDatabaseAt(url);
		return [{ check, ok: true, mend: null }, compared(setting, there, own)];
	} catch (error) {
		return [{ check, ok: false, mend: tell(error).message }];
	}
}

function compared(setting: string, there: string, own: string): Finding {
	const ok = there === own;
	const mend = ok
		? null
		: `It leads to another one, which may not even be prepared: name the worker's database in ${setting}, and leave its login as it is.`;
	return { check: `${setting} leads to the worker's database`, ok, mend };
}
