import { type Config, DATABASE_URL_SETTINGS } from '../../config/index.ts';
import {
	type DatabaseCheck,
	databaseCheck,
	identifyDatabase,
	identifyDatabaseAt,
	inspectLogin,
} from '../../database/index.ts';
import { assertPrepared } from '../../processes/start-checks.ts';
import { type DatabaseAccess, type Installation, openPlaneOf } from '../../wiring/index.ts';
import { toCommandError } from '../command.ts';

/** The roles that each process takes. The databases of the others are compared with the worker's. */
const ROLES = {
	firm: ['firm', 'portal'],
	operator: ['operator', 'break_glass'],
	worker: ['worker', 'log', 'signer'],
	broker: ['broker'],
} as const;

type DoctorSignIn = keyof typeof ROLES;

/**
 * Whether each plane signs in, and whether all URLs lead to the same, prepared database: otherwise a process would start on another database,
 * or not at all. In development one superuser's URL may serve all planes. In production each plane signs in with a login that has no rights
 * of its own.
 * @throws SetupError if the worker's database is not prepared, because then nothing else can be checked
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
		const fix = ok ? null : 'Give the plane a URL with the login that `firmseal init` made.';
		// Compared once for each URL.
		const asked = role === side && side !== 'worker';
		return [
			databaseCheck(check, fix),
			...(asked ? [compared(DATABASE_URL_SETTINGS[side], await identifyDatabase(plane), own)] : []),
		];
	} catch (error) {
		return [databaseCheck(check, toCommandError(error).message)];
	} finally {
		await plane.close();
	}
}

/** Whether the URL signs in, and where it leads. The process that uses the URL checks the rights of its login. */
async function ofWay(setting: string, url: string, own: string): Promise<DatabaseCheck[]> {
	const check = `${setting} signs in`;
	try {
		const there = await identifyDatabaseAt(url);
		return [databaseCheck(check, null), compared(setting, there, own)];
	} catch (error) {
		return [databaseCheck(check, toCommandError(error).message)];
	}
}

function compared(setting: string, there: string, own: string): DatabaseCheck {
	const fix =
		there === own
			? null
			: `The URL leads to another database, which may not even be prepared: name the worker's database in ${setting}, and keep its login.`;
	return databaseCheck(`${setting} leads to the worker's database`, fix);
}
