import { url as debuggerUrl } from 'node:inspector';
import type { Config } from './config.ts';
import type { NodeVariable } from './node-variables.ts';
import type { Secret } from './secret.ts';
import { isThisMachine } from './setting-values.ts';
import { DEFAULT_INSTALLATION, type SettingName } from './settings.ts';

/** Facts that production checks in addition to the settings. */
export interface StartFacts {
	/** The database logins of this process, as the database describes them. */
	readonly roles: readonly { readonly isOwner: boolean; readonly isSuperuser: boolean }[];
	readonly introspection: boolean;
	/** Whether a debugger is open, which can read every key in memory. */
	readonly inspect: boolean;
	/** The options that Node was started with, in order: of two contradicting options the last one applies. */
	readonly options: readonly string[];
}

/** Some rules of production apply to some kinds of process only. */
export type ProcessKind = 'api' | 'broker' | 'worker';

interface ProductionRule {
	applies(config: Config, facts: StartFacts): boolean;
	readonly sentence: string;
	/** The processes that the rule is for. Absent: all. */
	readonly of?: readonly ProcessKind[];
}

/** Also for a command that acts for a person. */
const TOKEN_RULES: readonly (ProductionRule & { applies(config: Config): boolean })[] = [
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
			'Production refuses to accept the tokens of every application: set FIRMSEAL_JWT_CLIENTS to the ids (client_id, azp) of yours.',
	},
];

/** Rules for settings that are the same in every process of an installation. `firmseal doctor` checks them too. */
const SETTING_RULES: readonly (ProductionRule & { applies(config: Config): boolean })[] = [
	{
		// Names the accepted keyring, so that a new kind is refused until it is allowed here.
		applies: ({ keyring }) => keyring.kind !== 'aws-kms',
		sentence: 'Production refuses every keyring except that of a known key service: set FIRMSEAL_KEYRING=aws-kms.',
	},
	{
		applies: ({ objects }) => objects.kind !== 's3',
		of: ['api', 'worker'],
		sentence: 'Production refuses files on this machine, which other processes cannot read: set FIRMSEAL_OBJECTS=s3.',
	},
	{
		applies: ({ objects, anchors }) => objects.kind === 's3' && anchors.bucket === null,
		of: ['api', 'worker'],
		sentence:
			'Production refuses a log that is anchored on this machine, where anchors can be deleted: set FIRMSEAL_ANCHOR_BUCKET to a bucket with Object Lock.',
	},
	{
		applies: ({ installation }) => installation === DEFAULT_INSTALLATION,
		of: ['api', 'worker'],
		sentence:
			'Production refuses a log with the name localhost: set FIRMSEAL_INSTALLATION to your own name, such as seal.example, which can never change.',
	},
	...TOKEN_RULES,
	{
		applies: ({ proof }) => !proof.operators,
		of: ['api'],
		sentence:
			'Production refuses to let operators read before their intent is in a published checkpoint: remove FIRMSEAL_OPERATOR_PROOF.',
	},
	{
		applies: ({ database }) => Object.values(database).every((url) => url === null),
		sentence:
			'Production refuses the embedded database, which serves only one process: set DATABASE_URL, or the database URL that belongs to this process.',
	},
	{
		applies: ({ database }) => Object.values(database).some((url) => url !== null && crossesNetworkInClear(url)),
		sentence:
			'Production refuses an unencrypted connection to a database on another host: add ?sslmode=verify-full (or require) to its URL.',
	},
];

const OPEN_DEBUGGER = 'Production refuses an open debugger: start Node without --inspect.';

const PRODUCTION_RULES: readonly ProductionRule[] = [
	...SETTING_RULES,
	{
		applies: ({ plane }) => plane === 'all',
		of: ['api'],
		sentence: 'Production refuses both planes in one process: set FIRMSEAL_PLANE to firm or operator.',
	},
	{
		applies: (_, { introspection }) => introspection,
		of: ['api'],
		sentence: 'Production refuses introspection: turn it off.',
	},
	{
		applies: (_, { roles }) => roles.some(({ isOwner, isSuperuser }) => isOwner || isSuperuser),
		sentence:
			'Production refuses to sign in to the database as owner or superuser: use the logins that `firmseal init` creates.',
	},
	{
		applies: (_, { inspect }) => inspect,
		sentence: OPEN_DEBUGGER,
	},
	{
		applies: (_, { options }) => options.map(nameOfOption).findLast(isOfSigusr1) !== 'disable-sigusr1',
		sentence: 'Production refuses a Node that opens its debugger on SIGUSR1: start it with --disable-sigusr1.',
	},
];

const words = (list: string): string[] => list.trim().split(/\s+/);

/**
 * The Node options that production refuses, by what they do. A person who sets them could read the memory in other ways too. The check
 * prevents that an option stays on by mistake or that a tool adds one.
 */
const REFUSED_OPTIONS: Readonly<Record<string, string>> = {
	'writes the memory of the process to a file': `
		heapsnapshot-signal heapsnapshot-near-heap-limit heap-prof heap-prof-dir heap-prof-name heap-prof-interval
		abort-on-uncaught-exception build-snapshot build-snapshot-config diagnostic-dir track-heap-objects`,
	'writes a report with settings and stacks to a file': `
		report-on-signal report-signal report-on-fatalerror report-uncaught-exception report-dir report-directory
		report-filename report-compact report-exclude-env report-exclude-network`,
	'opens a debugger, which reads every key in memory': `
		inspect inspect-brk inspect-wait inspect-port debug-port inspect-publish-uid allow-inspector
		experimental-network-inspection experimental-worker-inspection experimental-storage-inspection
		experimental-inspector-network-resource`,
	'writes what the process does to a file': `
		cpu-prof cpu-prof-dir cpu-prof-name cpu-prof-interval prof prof-process perf-prof perf-basic-prof
		perf-basic-prof-only-functions interpreted-frames-native-stack redirect-warnings trace-events-enabled
		trace-event-categories trace-event-file-pattern localstorage-file`,
	'writes or prints what TLS protects': 'tls-keylog trace-tls',
	'prints settings, or errors that contain settings': `
		trace-env trace-env-js-stack trace-env-native-stack trace-uncaught trace-exit trace-sigint trace-promises
		trace-sync-io node-memory-debug`,
	'weakens HTTP or TLS':
		'insecure-http-parser http-parser tls-min-v1.0 tls-min-v1.1 tls-cipher-list openssl-legacy-provider',
	'loads code that sees every key': `
		require r import loader experimental-loader eval e print p interactive i snapshot-blob conditions C
		experimental-package-map preserve-symlinks preserve-symlinks-main openssl-config openssl-shared-config`,
	'loads settings that these checks do not see':
		'env-file env-file-if-exists experimental-config-file experimental-default-config-file',
	'starts the program again when a file changes': 'watch watch-path watch-kill-signal watch-preserve-output',
};

/** The Node options that production accepts. It refuses every other option. */
const ALLOWED_OPTIONS: readonly string[] = [
	'disable-sigusr1',
	// Memory and sizes.
	`max-old-space-size max-old-space-size-percentage max-semi-space-size max-heap-size v8-pool-size
	max-http-header-size secure-heap secure-heap-min zero-fill-buffers use-largepages`,
	// Name resolution, proxies, certificates and TLS versions.
	`dns-result-order network-family-autoselection enable-network-family-autoselection use-env-proxy
	network-family-autoselection-attempt-timeout use-system-ca use-openssl-ca use-bundled-ca tls-min-v1.2
	tls-min-v1.3 tls-max-v1.2 tls-max-v1.3 enable-fips force-fips`,
	// Restrictions for code.
	`disable-proto frozen-intrinsics disallow-code-generation-from-strings jitless addons disable-wasm-trap-handler
	permission allow-fs-read allow-fs-write allow-child-process allow-worker allow-addons allow-wasi
	allow-openssl-store global-search-paths`,
	// Stack traces, warnings, the title of the process, TypeScript.
	`enable-source-maps stack-trace-limit warnings disable-warning deprecation throw-deprecation trace-deprecation
	trace-warnings pending-deprecation title strip-types experimental-strip-types`,
].flatMap(words);

/** Variables other than NODE_OPTIONS that Node reads, by what they do. */
const REFUSED_VARIABLES: Readonly<Record<Exclude<NodeVariable, 'NODE_OPTIONS'>, string>> = {
	NODE_TLS_REJECT_UNAUTHORIZED: 'lets anyone impersonate the key service, the database or the identity provider',
	NODE_DEBUG: 'prints what is sent and received',
	NODE_DEBUG_NATIVE: 'prints what is sent and received',
	NODE_V8_COVERAGE: 'writes what the process does to a file',
	NODE_REDIRECT_WARNINGS: 'writes what the process does to a file',
	NODE_PATH: 'loads code from elsewhere',
	NODE_COMPILE_CACHE: 'loads compiled code from elsewhere',
	NODE_PRESERVE_SYMLINKS: 'loads code from elsewhere',
	NODE_PRESERVE_SYMLINKS_MAIN: 'loads code from elsewhere',
	NODE_REPL_EXTERNAL_MODULE: 'loads code from elsewhere',
	NODE_ICU_DATA: 'changes how the process reads text and times',
	OPENSSL_CONF: 'can load code that sees every key, and weaken TLS',
	OPENSSL_CONF_INCLUDE: 'can load code that sees every key, and weaken TLS',
	OPENSSL_MODULES: 'can load code that sees every key',
	OPENSSL_ENGINES: 'can load code that sees every key',
	// Node ignores this variable, but a library may start to read it.
	SSLKEYLOGFILE: 'names a file for the keys of TLS connections',
};

/** Without the value, in the form that Node compares: with dashes only. V8 accepts its own options with one dash in front. */
const nameOfOption = (option: string): string => option.replace(/=.*$/s, '').replace(/^--?/, '').replaceAll('_', '-');

const isOfSigusr1 = (name: string): boolean => /^(?:no-)?disable-sigusr1$/.test(name);

/** A sentence for each option that production refuses. `--no-` before a refused option is as harmless as its absence. */
function refusedOptions({ options }: Pick<StartFacts, 'options'>): string[] {
	const names = new Set(options.filter((word) => word.startsWith('-')).map(nameOfOption));
	return [...names].flatMap((name) => {
		const positive = name.replace(/^no-/, '');
		const [why] = Object.entries(REFUSED_OPTIONS).find(([, refused]) => words(refused).includes(positive)) ?? [];
		if (ALLOWED_OPTIONS.includes(positive) || (why && positive !== name)) return [];
		const shown = /^[A-Za-z0-9.-]{1,60}$/.test(name)
			? `${name.length === 1 ? '-' : '--'}${name}`
			: 'with an unusual name';
		return [
			`Production refuses the Node option ${shown}, which ${why ?? 'is not known to be harmless'}: remove it from the command line and from NODE_OPTIONS.`,
		];
	});
}

/** NODE_TLS_REJECT_UNAUTHORIZED is dangerous only with the value 0. */
const refusedVariables = ({ node }: Config): string[] =>
	(Object.keys(REFUSED_VARIABLES) as (keyof typeof REFUSED_VARIABLES)[])
		.filter((name) => node[name] && (name !== 'NODE_TLS_REJECT_UNAUTHORIZED' || node[name] === '0'))
		.map((name) => `Production refuses ${name} in its environment, which ${REFUSED_VARIABLES[name]}: remove it.`);

/** Why production does not start: one sentence each, which says what to do. Empty in development. */
export function productionRefusals(config: Config, facts: StartFacts, kind: ProcessKind): string[] {
	if (config.env !== 'production') return [];
	const foreign = settingsOfOtherProcesses(config, kind);
	return [
		...PRODUCTION_RULES.filter(({ of }) => of === undefined || of.includes(kind))
			.filter(({ applies }) => applies(config, facts))
			.map(({ sentence }) => sentence),
		...refusedOptions(facts),
		...refusedVariables(config),
		...(foreign.length > 0
			? [`Production refuses the database login of another process: remove ${foreign.join(' and ')} from this process.`]
			: []),
	];
}

/**
 * Why production does not run a command, which has keys of the installation or a person's token and content while it runs: only the
 * options and the environment of Node count. A command needs no --disable-sigusr1. Empty in development.
 */
export const commandRefusals = (config: Config, facts = nodeFacts(config)): string[] =>
	config.env === 'production'
		? [...(facts.inspect ? [OPEN_DEBUGGER] : []), ...refusedOptions(facts), ...refusedVariables(config)]
		: [];

const sentencesOfBrokenRules = (rules: typeof SETTING_RULES, config: Config): string[] =>
	config.env === 'production' ? rules.filter(({ applies }) => applies(config)).map(({ sentence }) => sentence) : [];

/** Why production accepts no tokens with these settings: one sentence each, which says what to do. Empty in development. */
export const tokenRefusals = (config: Config): string[] => sentencesOfBrokenRules(TOKEN_RULES, config);

/** Why production does not start with the settings that all processes share. Empty in development. */
export const settingRefusals = (config: Config): string[] => sentencesOfBrokenRules(SETTING_RULES, config);

type Login = keyof Config['database'];

/** The setting of each database URL. */
export const DATABASE_URL_SETTINGS: Readonly<Record<Login, SettingName>> = {
	firm: 'DATABASE_URL',
	operator: 'FIRMSEAL_OPERATOR_DATABASE_URL',
	worker: 'FIRMSEAL_WORKER_DATABASE_URL',
	broker: 'FIRMSEAL_BROKER_DATABASE_URL',
	direct: 'FIRMSEAL_DIRECT_DATABASE_URL',
	admin: 'FIRMSEAL_ADMIN_DATABASE_URL',
};

/** Database URLs that the process must not have, because with another login it could do what the other process can. */
function settingsOfOtherProcesses({ plane, database }: Config, kind: ProcessKind): SettingName[] {
	const own: Readonly<Record<ProcessKind, readonly Login[]>> = {
		api: plane === 'all' ? ['firm', 'operator'] : [plane],
		broker: ['broker', 'direct'],
		worker: ['worker', 'direct'],
	};
	return (Object.keys(DATABASE_URL_SETTINGS) as Login[])
		.filter((each) => database[each] !== null && !own[kind].includes(each))
		.map((each) => DATABASE_URL_SETTINGS[each]);
}

/** The facts about this Node process. The command line overrides NODE_OPTIONS, so its options come last. */
export const nodeFacts = (
	{ node }: Pick<Config, 'node'>,
	execArgv: readonly string[] = process.execArgv,
): Pick<StartFacts, 'inspect' | 'options'> => ({
	inspect: debuggerUrl() !== undefined,
	options: [...wordsOf(node.NODE_OPTIONS ?? ''), ...execArgv],
});

/** Splits NODE_OPTIONS as Node does: at spaces outside of quotes. Within quotes a backslash escapes the next character. */
const wordsOf = (text: string): string[] =>
	(text.match(/(?:"(?:\\.|[^"\\])*"|[^ "])+/gs) ?? []).map((word) =>
		word.replace(/"((?:\\.|[^"\\])*)"/gs, (_, quoted: string) => quoted.replace(/\\(.)/gs, '$1')),
	);

/** The driver reads the URL in the same way: setting-values.ts refuses a URL that the driver reads differently. */
function crossesNetworkInClear(secret: Secret<string>): boolean {
	const url = new URL(secret.expose());
	// An encoded slash is the start of the path of a socket file.
	if (isThisMachine(url.hostname) || /^%2f/i.test(url.hostname)) return false;
	return !['require', 'verify-ca', 'verify-full'].includes(url.searchParams.get('sslmode') ?? '');
}
