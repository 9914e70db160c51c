import { join, relative } from 'node:path';
import type { Config } from '../../config/index.ts';
import { DATABASE_URL_SETTINGS } from '../../config/index.ts';
import { type DatabaseAddress, databaseAddressOf, databaseFailureOf } from '../../database/index.ts';
import { ERROR_EXPLANATIONS, explainErrorCode, FirmsealError, SetupError } from '../../errors.ts';

/** The command that runs; the settings are there once they are read. */
export interface RunningCommand {
	readonly name: string;
	config: Config | null;
}

const LIST = new Intl.ListFormat('en');

/** What PostgreSQL, the network or the file system said, as a sentence that names the setting it is about; null: nobody foresaw it. */
export function explain(error: unknown, { name, config }: RunningCommand): string | null {
	return config && (ofDatabase(error, config, name) ?? ofFiles(error, config));
}

/** Who may come in, to which database, and with which rights: the driver fills in what the URL leaves out. */
const OF_SIGN_IN = /^(?:28...|3D000|42501)$/;

/** The settings whose URLs lead to such an address, for a sentence; empty: none. */
export function settingsOf(database: Config['database'], isIt: (address: DatabaseAddress) => boolean): string {
	const names = (Object.keys(DATABASE_URL_SETTINGS) as (keyof Config['database'])[]).flatMap((side) => {
		const address = databaseAddressOf(database[side]?.expose() ?? '');
		return address && isIt(address) ? [DATABASE_URL_SETTINGS[side]] : [];
	});
	return LIST.format(names);
}

function ofDatabase(error: unknown, { database, dataDir }: Config, command: string): string | null {
	const trouble = databaseFailureOf(error);
	if (!trouble?.address) return null;
	const { host, user, database: name } = trouble.address;
	const settings = settingsOf(
		database,
		(address) => address.host === host && address.user === user && address.database === name,
	);
	// The embedded one's URL is made here.
	if (settings === '') return ofEmbedded(trouble.code, host, dataDir);
	const missing = [user === '' && 'user', name === '' && 'database'].filter((part) => part !== false);
	if (missing.length > 0 && OF_SIGN_IN.test(trouble.code))
		return `The URL in ${settings} names no ${missing.join(' and no ')} (${trouble.code}): put it there, as in postgres://USER@HOST/DATABASE.`;
	const advice = settings.includes('FIRMSEAL_ADMIN_DATABASE_URL')
		? { login: '', right: 'give FIRMSEAL_ADMIN_DATABASE_URL a superuser, or a user who may create roles' }
		: { login: loginAdvice(database, command), right: rightAdvice(database, settings, command) };
	return explainErrorCode(trouble.code, { host, user, database: name, setting: settings, ...advice });
}

/** PostgreSQL says the same of a login that isn't there as of a wrong password. */
const loginAdvice = (database: Config['database'], command: string): string =>
	lacksAdmin(database, command)
		? ', or set FIRMSEAL_ADMIN_DATABASE_URL, by which that login is made'
		: ', or run `firmseal init`, which makes the login';

/** Whether the command makes the logins, and has no other to make them by than one of them. */
const lacksAdmin = ({ admin }: Config['database'], command: string): boolean =>
	admin === null && worksOf(command).includes('init');

/** By whose logins beside that of DATABASE_URL, where not by those of operators and the worker, as most commands. */
const SIGNS_IN_BY: Readonly<Record<string, readonly (keyof Config['database'])[]>> = {
	start: ['operator', 'worker', 'broker'],
	serve: ['operator'],
	worker: ['worker'],
	broker: ['broker'],
};

/** Where one login is to do what another has the right to, there is a setting for that one. */
function rightAdvice(database: Config['database'], settings: string, command: string): string {
	if (lacksAdmin(database, command))
		return 'set FIRMSEAL_ADMIN_DATABASE_URL to a superuser, or a user who may create roles';
	const unset = (SIGNS_IN_BY[command] ?? ['operator', 'worker']).flatMap((side) =>
		database[side] === null ? [DATABASE_URL_SETTINGS[side]] : [],
	);
	return unset.length > 0 && /(?<!_)DATABASE_URL/.test(settings)
		? `set ${LIST.format(unset)} to the ${unset.length > 1 ? 'logins made for them' : 'login made for it'}`
		: `give ${settings} the login made for it`;
}

function ofEmbedded(code: string, host: string, dataDir: string): string | null {
	if (code === 'ERR_UNPROVEN' || code === 'ERR_SCRAM_ITERATIONS')
		return `Another program listens at ${host} in the place of the embedded PostgreSQL (${code}): end it, and start this again.`;
	const path = join(dataDir, 'postgres');
	if (code === '53100') return explainErrorCode('ENOSPC', { path, setting: 'FIRMSEAL_DATA_DIR' });
	const isAway = /^(?:E|57)/.test(code);
	return isAway ? `The embedded PostgreSQL does not answer (${code}): ${join(path, 'log')} says why.` : null;
}

/** Of a path elsewhere, whoever gave it is told by the command that took it. */
function ofFiles(error: unknown, { dataDir }: Config): string | null {
	if (!(error instanceof Error)) return null;
	const {
		code,
		path = dataDir,
		syscall,
	} = (
		error instanceof FirmsealError || error instanceof SetupError ? Object(error.cause) : error
	) as NodeJS.ErrnoException;
	if (typeof code !== 'string' || syscall === undefined || !ERROR_EXPLANATIONS[code]?.includes('{path}')) return null;
	const isWithin = !/^\.\.(?:\/|$)/.test(relative(dataDir, path));
	return isWithin ? explainErrorCode(code, { path, setting: 'FIRMSEAL_DATA_DIR' }) : null;
}

/** What a command does beside its own part. */
const DOES: Readonly<Record<string, readonly string[]>> = { start: ['init', 'demo'], demo: ['init'] };

const worksOf = (command: string): readonly string[] => [command, ...(DOES[command] ?? [])];

/** What is wrong, and what to do: "…: run this, or do that." */
const ADVICE = /^(.*?[^:]): (.*)\.$/s;
const INSTEAD = 'find the cause, then repeat this command';

/** The sentence without the advice to run the command that is running: its other advice, or to find the cause first. */
export function withoutOwnAdvice(sentences: string, command: string): string {
	const isOwn = (text: string) =>
		worksOf(command).some((name) => new RegExp(`\\bfirmseal ${name}(?![\\w-])`).test(text));
	if (!isOwn(sentences)) return sentences;
	const rest = sentences.split(/(?<=\.)\s+/).flatMap((sentence) => {
		if (!isOwn(sentence)) return [sentence];
		const [, problem, advice = ''] = ADVICE.exec(sentence) ?? [];
		if (problem === undefined || isOwn(problem)) return [];
		const others = advice.split(/,? or /).filter((each) => !isOwn(each));
		return [`${problem}: ${others.join(', or ') || INSTEAD}.`];
	});
	return rest.join(' ') || `${INSTEAD.replace(/^f/, 'F')}.`;
}
