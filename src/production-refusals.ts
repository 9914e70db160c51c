import { url as debuggerUrl } from 'node:inspector';
import type { Config } from './config.ts';
import type { Secret } from './secret.ts';
import { isThisMachine } from './settings.ts';

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

interface Refusal {
	applies(config: Config, facts: StartFacts): boolean;
	readonly sentence: string;
	/** Only where requests are answered. */
	readonly ofTheApi?: true;
	readonly ofTheBroker?: true;
}

const REFUSALS: readonly Refusal[] = [
	{
		applies: ({ keyring }) => keyring.kind === 'local',
		sentence:
			'Production refuses the local keyring, which keeps every key on this machine: set FIRMSEAL_KEYRING to a key service (this version has none yet).',
	},
	{
		applies: ({ tokens }) => tokens === null,
		ofTheApi: true,
		sentence:
			'Production refuses the built-in issuer: set FIRMSEAL_JWT_ISSUER, FIRMSEAL_JWT_AUDIENCE and FIRMSEAL_JWKS_URL to those of your identity provider.',
	},
	{
		applies: ({ plane }) => plane === 'all',
		ofTheApi: true,
		sentence: 'Production refuses both planes in one process: set FIRMSEAL_PLANE to firm or operator.',
	},
	{
		applies: (_, { introspection }) => introspection,
		ofTheApi: true,
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
		applies: ({ database }) => database.broker !== null,
		ofTheApi: true,
		sentence:
			'Production refuses the sign-in of the broker where requests are answered: give FIRMSEAL_BROKER_DATABASE_URL to the broker alone.',
	},
	{
		applies: ({ database: { firm, operator, worker, admin } }) => [firm, operator, worker, admin].some(Boolean),
		ofTheBroker: true,
		sentence:
			'Production refuses a broker with the sign-in of another: give it FIRMSEAL_BROKER_DATABASE_URL and FIRMSEAL_DIRECT_DATABASE_URL alone.',
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

/**
 * Why production will not start, each one sentence with its mend; empty in development. `isApi`: whether the process answers requests,
 * as one that only works by itself doesn't; `isBroker`: whether it is the one that gives grants.
 */
export function productionRefusals(
	config: Config,
	facts: StartFacts,
	{ isApi = true, isBroker = false } = {},
): string[] {
	if (config.env !== 'production') return [];
	return REFUSALS.filter(({ ofTheApi, ofTheBroker }) => (isApi || !ofTheApi) && (isBroker || !ofTheBroker))
		.filter(({ applies }) => applies(config, facts))
		.map(({ sentence }) => sentence);
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
