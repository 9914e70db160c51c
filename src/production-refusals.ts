import { url as debuggerUrl } from 'node:inspector';
import type { Config } from './config.ts';
import type { Secret } from './secret.ts';
import { DEFAULT_INSTALLATION, isThisMachine, type SettingName } from './settings.ts';

/** What production also asks about, beside the settings. */
export interface StartFacts {
	/** The database sign-ins of this process, as the database describes them. */
	readonly roles: readonly { readonly isOwner: boolean; readonly isSuperuser: boolean }[];
	readonly introspection: boolean;
	/** A debugger is open: it reads every key in memory. */
	readonly inspect: boolean;
	/** Whether SIGUSR1 can no longer open one. */
	readonly disableSigusr1: boolean;
}

/** What a process is for: not all of production's rules are for each. */
export type ProcessKind = 'api' | 'broker' | 'worker';

interface Refusal {
	applies(config: Config, facts: StartFacts): boolean;
	readonly sentence: string;
	/** Of which processes; of all unless given. */
	readonly of?: readonly ProcessKind[];
}

/** Who is who; asked about by a command that acts for a person too. */
const OF_TOKENS: readonly (Refusal & { applies(config: Config): boolean })[] = [
	{
		applies: ({ tokens }) => tokens === null,
		of: ['api'],
		sentence:
			'Production refuses the built-in issuer: set FIRMSEAL_JWT_ISSUER, FIRMSEAL_JWT_AUDIENCE and FIRMSEAL_JWKS_URL to those of your identity provider.',
	},
	{
		applies: ({ tokens, tokenRules }) => tokens !== null && tokenRules.clients === null,
		of: ['api'],
		sentence:
			'Production refuses tokens that any application was given: set FIRMSEAL_JWT_CLIENTS to the ids (client_id, azp) of yours.',
	},
];

const REFUSALS: readonly Refusal[] = [
	{
		applies: ({ keyring }) => keyring.kind === 'local',
		sentence:
			'Production refuses the local keyring, which keeps every key on this machine: set FIRMSEAL_KEYRING=aws-kms.',
	},
	{
		applies: ({ objects }) => objects.kind === 'filesystem',
		of: ['api', 'worker'],
		sentence: 'Production refuses files on this machine, which no other process would have: set FIRMSEAL_OBJECTS=s3.',
	},
	{
		applies: ({ objects, anchors }) => objects.kind === 's3' && anchors.bucket === null,
		of: ['api', 'worker'],
		sentence:
			'Production refuses a log that is anchored on this machine, where it can be taken back: set FIRMSEAL_ANCHOR_BUCKET to a bucket with Object Lock.',
	},
	{
		applies: ({ installation }) => installation === DEFAULT_INSTALLATION,
		of: ['api', 'worker'],
		sentence:
			'Production refuses a log that has the name of every machine: set FIRMSEAL_INSTALLATION to a name of your own, such as seal.example, for good.',
	},
	...OF_TOKENS,
	{
		applies: ({ plane }) => plane === 'all',
		of: ['api'],
		sentence: 'Production refuses both planes in one process: set FIRMSEAL_PLANE to firm or operator.',
	},
	{
		applies: ({ proof }) => !proof.operators,
		of: ['api'],
		sentence:
			'Production refuses to let operators read what is in no published checkpoint yet: remove FIRMSEAL_OPERATOR_PROOF.',
	},
	{
		applies: (_, { introspection }) => introspection,
		of: ['api'],
		sentence: 'Production refuses introspection: turn it off.',
	},
	{
		applies: (_, { roles }) => roles.some(({ isOwner, isSuperuser }) => isOwner || isSuperuser),
		sentence:
			'Production refuses to sign in to the database as owner or superuser: use the sign-ins that `firmseal init` makes.',
	},
	{
		applies: ({ database }) => Object.values(database).some((url) => url !== null && crossesNetworkInClear(url)),
		sentence:
			'Production refuses an unencrypted connection to a database on another host: add ?sslmode=verify-full (or require) to its URL.',
	},
	{
		applies: (_, { inspect }) => inspect,
		sentence: 'Production refuses an open debugger: start Node without --inspect.',
	},
	{
		applies: (_, { disableSigusr1 }) => !disableSigusr1,
		sentence: 'Production refuses a Node that opens its debugger on SIGUSR1: start it with --disable-sigusr1.',
	},
];

/** Why production will not start, each one sentence with its mend; empty in development. */
export function productionRefusals(config: Config, facts: StartFacts, kind: ProcessKind): string[] {
	if (config.env !== 'production') return [];
	const foreign = foreignSignIns(config, kind);
	return [
		...REFUSALS.filter(({ of }) => of === undefined || of.includes(kind))
			.filter(({ applies }) => applies(config, facts))
			.map(({ sentence }) => sentence),
		...(foreign.length > 0
			? [
					`Production refuses the database sign-in of another process: take ${foreign.join(' and ')} away from this one.`,
				]
			: []),
	];
}

/** Why production takes no token so, whichever process asks; each one sentence with its mend. Empty in development. */
export const tokenRefusals = (config: Config): string[] =>
	config.env === 'production' ? OF_TOKENS.filter(({ applies }) => applies(config)).map(({ sentence }) => sentence) : [];

type Login = keyof Config['database'];

const SETTING_OF: Readonly<Record<Login, SettingName>> = {
	firm: 'DATABASE_URL',
	operator: 'FIRMSEAL_OPERATOR_DATABASE_URL',
	worker: 'FIRMSEAL_WORKER_DATABASE_URL',
	broker: 'FIRMSEAL_BROKER_DATABASE_URL',
	direct: 'FIRMSEAL_DIRECT_DATABASE_URL',
	admin: 'FIRMSEAL_ADMIN_DATABASE_URL',
};

/** Settings that a process is told and must not be: with another's sign-in it could do what the other can. */
function foreignSignIns({ plane, database }: Config, kind: ProcessKind): SettingName[] {
	const own: Readonly<Record<ProcessKind, readonly Login[]>> = {
		api: plane === 'all' ? ['firm', 'operator'] : [plane],
		broker: ['broker', 'direct'],
		worker: ['worker', 'direct'],
	};
	return (Object.keys(SETTING_OF) as Login[])
		.filter((each) => database[each] !== null && !own[kind].includes(each))
		.map((each) => SETTING_OF[each]);
}

/** The facts about this Node process; a flag counts on the command line and in NODE_OPTIONS. */
export function debuggerFacts({
	nodeOptions,
}: Pick<Config, 'nodeOptions'>): Pick<StartFacts, 'inspect' | 'disableSigusr1'> {
	return {
		inspect: debuggerUrl() !== undefined,
		disableSigusr1: [...process.execArgv, ...nodeOptions.split(/\s+/)].includes('--disable-sigusr1'),
	};
}

function crossesNetworkInClear(secret: Secret<string>): boolean {
	const url = new URL(secret.expose());
	// An encoded slash starts the path of a socket file.
	if (isThisMachine(url.hostname) || /^%2f/i.test(url.hostname)) return false;
	return !['require', 'verify-ca', 'verify-full'].includes(url.searchParams.get('sslmode') ?? '');
}
