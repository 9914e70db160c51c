import type { Config } from '../../config/index.ts';
import { DATABASE_URL_SETTINGS } from '../../config/index.ts';
import { type DatabaseCheck, identifyDatabase, identifyDatabaseAt, inspectLogin } from '../../database/index.ts';
import { assertPrepared } from '../../processes/start-checks.ts';
import type { Installation } from '../../wiring/index.ts';
import { type DatabaseAccess, openPlaneOf } from '../../wiring/index.ts';
import { toCommandError } from '../command.ts';

/** The roles that each process takes; the worker's database is what the others' are compared with. */
const ROLES = {
	firm: ['firm', 'portal'],
	operator: ['operator', 'break_glass'],
	worker: ['worker', 'log', 'signer'],
	broker: ['broker'],
} as const;

type DoctorSignIn = keyof typeof ROLES;

/**
 * Whether each plane signs in, and every URL leads to one database, which is prepared: a process would begin on another one, or not begin. In
 * development one superuser's URL may serve all planes; in production each signs in by a login with no right of its own.
 * @throws SetupError for a worker whose database is not prepared, of which nothing else could be said
 */
export async function inspectSignIns(config: Config, { database, worker }: Installation): Promise<DatabaseCheck[]> {
	const own = await identifyDatabase(worker);
	await assertPrepared(worker);
	const findings: DatabaseCheck[] = [];
	for (const side of Object.keys(ROLES) as DoctorSignIn[])
		for (const role of ROLES[side]) findings.push(...(await ofPlane(config, database, side, role, own)));
	for (const way of ['direct', 'admin'] as const) {
		const url = config.database[way]?.expose();
		if (url !== undefined) findings.push(...(await ofWay(DATABASE_URL_SETTINGS[way], url, own)));
	}
	return findings;
}

async function ofPlane(
	{ env }: Config,
	database: DatabaseAccess,
	side: DoctorSignIn,
	role: (typeof ROLES)[DoctorSignIn][number],
	own: string,
): Promise<DatabaseCheck[]> {
	const check = `the ${role.replace('_', '-')} plane signs in${env === 'production' ? ' as neither owner nor superuser' : ''}`;
	const plane = openPlaneOf(database, `firmseal_${role}`, 1);
	try {
		const { isOwner, isSuperuser } = await inspectLogin(plane);
		const ok = env === 'development' || !(isOwner || isSuperuser);
		const mend = ok ? null : 'Give the plane a URL with the login that `firmseal init` made.';
		// Once for each URL.
		const asked = role === side && side !== 'worker';
		return [
			{ check, ok, mend },
			...(asked ? [compared(DATABASE_URL_SETTINGS[side], await identifyDatabase(plane), own)] : []),
		];
	} catch (error) {
		return [{ check, ok: false, mend: toCommandError(error).message }];
	} finally {
		await plane.close();
	}
}

/** Who signs in by it is another process's affair: here it is whether the URL signs in, and where. */
async function ofWay(setting: string, url: string, own: string): Promise<DatabaseCheck[]> {
	const check = `${setting} signs in`;
	try {
		const there = await identifyDatabaseAt(url);
		return [{ check, ok: true, mend: null }, compared(setting, there, own)];
	} catch (error) {
		return [{ check, ok: false, mend: toCommandError(error).message }];
	}
}

function compared(setting: string, there: string, own: string): DatabaseCheck {
	const ok = there === own;
	const mend = ok
		? null
		: `It leads to another one, which may not even be prepared: name the worker's database in ${setting}, and leave its login as it is.`;
	return { check: `${setting} leads to the worker's database`, ok, mend };
}
