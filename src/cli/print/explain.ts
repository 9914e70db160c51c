import { join, relative } from 'node:path';
import { type Config, DATABASE_URL_SETTINGS } from '../../config/index.ts';
import { type DatabaseAddress, databaseAddressOf, databaseFailureOf } from '../../database/index.ts';
import { ERROR_EXPLANATIONS, explainErrorCode, FirmsealError, SetupError } from '../../errors.ts';

export interface RunningCommand {
	readonly name: string;
	/** null until the settings are read. */
	config: Config | null;
}

const LIST = new Intl.ListFormat('en');

/** Explains an error of PostgreSQL, the network or the file system in a sentence that names the setting. null if there is no explanation. */
export function explain(error: unknown, { name, config }: RunningCommand): string | null {
	return config && (ofDatabase(error, config, name) ?? ofFiles(error, config));
}

/** Errors about who signs in, to which database, and with which rights. The driver fills in what a URL leaves out. */
const OF_SIGN_IN = /^(?:28...|3D000|42501)$/;

/** The settings whose URLs have a matching address, joined for a sentence. Empty if there are none. */
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
	// No setting has the URL of the embedded server.
	if (settings === '') return ofEmbedded(trouble.code, host, dataDir);
	const missing = [user === '' && 'user', name === '' && 'database'].filter((part) => part !== false);
	if (missing.length > 0 && OF_SIGN_IN.test(trouble.code))
		return `The URL in ${settings} names no ${missing.join(' and no ')} (${trouble.code}): put it there, as in postgres://USER@HOST/DATABASE.`;
	const advice = settings.includes('FIRMSEAL_ADMIN_DATABASE_URL')
		? { login: '', right: 'give FIRMSEAL_ADMIN_DATABASE_URL a superuser, or a user who may create roles' }
		: { login: loginAdvice(database, command), right: rightAdvice(database, settings, command) };
	return explainErrorCode(trouble.code, { host, user, database: name, setting: settings, ...advice });
}

/** PostgreSQL answers the same for a login that doesn't exist as for a wrong password. */
const loginAdvice = (database: Config['database'], command: string): string =>
	lacksAdmin(database, command)
		? ', or set FIRMSEAL_ADMIN_DATABASE_URL, which this command needs to make that login'
		: ', or run `firmseal init`, which makes the login';

/** Whether the command makes the logins but has no administrator's URL for it. */
const lacksAdmin = ({ admin }: Config['database'], command: string): boolean =>
	admin === null && worksOf(command).includes('init');

/** The logins that a command uses besides that of DATABASE_URL. Other commands use those of operators and the worker. */
const SIGNS_IN_BY: Readonly<Record<string, readonly (keyof Config['database'])[]>> = {
	start: ['operator', 'worker', 'broker'],
	serve: ['operator'],
	worker: ['worker'],
	broker: ['broker'],
};

/** The login of DATABASE_URL also does the work of each login whose setting is unset. The advice is then to set those. */
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
		return `Another program listens at ${host} instead of the embedded PostgreSQL (${code}): stop that program, then start this one again.`;
	const path = join(dataDir, 'postgres');
	if (code === '53100') return explainErrorCode('ENOSPC', { path, setting: 'FIRMSEAL_DATA_DIR' });
	const isAway = /^(?:E|57)/.test(code);
	return isAway ? `The embedded PostgreSQL does not answer (${code}): see ${join(path, 'log')}.` : null;
}

/** Explains only paths in the data directory. A command explains errors of a path that it was given. */
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

/** The commands whose work a command includes. */
const DOES: Readonly<Record<string, readonly string[]>> = { start: ['init', 'demo'], demo: ['init'] };

const worksOf = (command: string): readonly string[] => [command, ...(DOES[command] ?? [])];

/** A sentence with advice: "the problem: run this, or do that." */
const ADVICE = /^(.*?[^:]): (.*)\.$/s;
const INSTEAD = 'find the cause, then repeat this command';

/** Removes the advice to run the command that is running. Leaves the other advice, or advises to find the cause first. */
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
