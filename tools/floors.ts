import { writeFileSync } from 'node:fs';
import { posix } from 'node:path';

/**
 * The floors of src/: what each folder may import in addition to its own files. A bare name of a folder means its index.ts, `x.ts` is a file
 * of src/, and everything else is a package. `npm run generate` writes them for Biome.
 */
const NODE = ['node:*', 'node:*/**'];
const SERVER = [
	'fastify',
	'@fastify/cors',
	'@apollo/server',
	'@apollo/server/**',
	'@as-integrations/fastify',
	'negotiator',
	'ruru/*',
];
const API = [
	'graphql',
	'graphql/validation/validate.js',
	'graphql-scalars',
	'@graphql-tools/*',
	'dataloader',
	'pino',
	'prom-client',
	'rate-limiter-flexible',
	'cockatiel',
	'lru-cache',
	'content-disposition',
	'range-parser',
	'uuid',
	'zod',
];
const BELOW_API = [
	'errors.ts',
	'clock',
	'config',
	'access',
	'audit',
	'custody',
	'keys',
	'content',
	'encryption-directive',
	'database',
	'alerts',
	'audit-log/proofs',
	'firms',
	'leases',
	'documents',
	'jobs',
];
const USE_CASE = [
	'errors.ts',
	'clock',
	'access',
	'audit',
	'custody',
	'keys',
	'envelope',
	'content',
	'database',
	'uuid',
	'node:crypto',
];
/** Below wiring/, processes/ and cli/, which all import it. */
const BELOW_WIRING = [
	'errors.ts',
	'clock',
	'local-files',
	'config',
	'access',
	'audit',
	'custody',
	'keys',
	'content',
	'database',
	'audit-log/leader',
	'audit-log/anchors',
	'firms',
	'leases',
	'documents',
	'jobs',
	'api',
];
const ADAPTER = ['errors.ts', 'envelope', 'keys', 'audit', 'local-files', ...NODE];

interface Floor {
	readonly may: readonly string[];
	/** True for a folder that also runs in a browser: no modules or globals of Node. */
	readonly pure?: true;
	/** Names of files outside the folder that it shares with other folders of its floor. */
	readonly shares?: readonly string[];
}

const FLOORS: Readonly<Record<string, Floor>> = {
	envelope: { may: ['errors.ts', 'canonicalize'], pure: true },
	access: { may: ['canonicalize'], pure: true },
	custody: {
		may: [
			'errors.ts',
			'envelope',
			'audit/verify',
			'audit/verify/log.ts',
			'canonicalize',
			'@hpke/core',
			'shamir-secret-sharing',
		],
		pure: true,
	},
	// In the browser of a firm, beside its Apollo Client or urql.
	client: {
		may: [
			'errors.ts',
			'envelope',
			'custody',
			'audit/verify',
			'audit/verify/log.ts',
			'graphql',
			'uuid',
			'@apollo/client',
			'rxjs',
			'@urql/core',
			'wonka',
		],
		pure: true,
	},
	// In a worker of that browser, or in Node: the only code of the client that holds keys.
	'client/vault': {
		may: ['errors.ts', 'envelope', 'custody', 'audit/verify', 'age-encryption'],
		pure: true,
		shares: ['coordinate-types.ts', 'opener.ts'],
	},
	// Both sides of the worker of that browser.
	'client/worker': {
		may: ['errors.ts', 'custody', 'client/vault', 'client/vault/rare-names.ts'],
		pure: true,
		shares: ['coordinate-types.ts', 'coordinates.generated.ts'],
	},
	audit: { may: ['errors.ts', 'canonicalize', 'zod'], pure: true },
	clock: { may: [] },
	'local-files': { may: ['errors.ts', ...NODE] },
	config: { may: ['errors.ts', 'audit', 'zod', ...NODE] },
	keys: { may: ['errors.ts', 'clock', 'envelope', 'node:crypto', 'lru-cache', 'cockatiel'] },
	content: { may: ['errors.ts', 'clock', 'envelope', 'access', 'audit', 'custody', 'keys'] },
	'encryption-directive': {
		may: [
			'errors.ts',
			'clock',
			'envelope',
			'access',
			'content',
			'graphql',
			'@graphql-tools/utils',
			'@apollo/server',
			'node:crypto',
		],
	},
	database: {
		may: [
			'errors.ts',
			'envelope',
			...NODE,
			'drizzle-orm',
			'drizzle-orm/**',
			'pg',
			'proper-lockfile',
			'database/statements/*/*.ts',
		],
	},
	'database/statements': {
		may: [
			'errors.ts',
			'keys',
			'drizzle-orm',
			'drizzle-orm/**',
			'database/*.ts',
			'database/tables/index.ts',
			// Domains use each other's statements.
			'database/statements/*/*.ts',
		],
	},
	'audit-log': { may: ['errors.ts', 'audit', 'uuid'] },
	'audit-log/leader': {
		may: ['errors.ts', 'clock', 'audit', 'audit/verify', 'keys', 'database', 'lru-cache', ...NODE],
	},
	'audit-log/anchors': { may: ['errors.ts', 'audit', 'audit/verify', 'database', 'audit-log/leader', ...NODE] },
	'audit-log/verify': { may: ['errors.ts', 'audit/verify', 'audit/verify/log.ts', 'database'] },
	'audit-log/rebuild': {
		may: [
			'errors.ts',
			'audit',
			'audit/verify',
			'audit/verify/log.ts',
			'database',
			'audit-log/leader',
			'audit-log/anchors',
			...NODE,
		],
	},
	alerts: { may: ['errors.ts', 'audit', 'database', 'uuid', 'node:crypto'] },
	'audit-log/proofs': { may: ['errors.ts', 'audit', 'database'], shares: ['leader/index.ts'] },
	firms: { may: USE_CASE },
	leases: { may: USE_CASE },
	documents: { may: [...USE_CASE, 'audit-log', 'firms', ...NODE] },
	jobs: {
		may: [
			'errors.ts',
			'clock',
			'envelope',
			'access',
			'audit',
			'keys',
			'content',
			'database',
			'firms',
			'documents',
			'uuid',
			...NODE,
		],
	},
	'alerts/deliveries': { may: ['errors.ts', 'database'] },
	'jobs/escrow': {
		may: [
			'errors.ts',
			'envelope',
			'keys',
			'age-encryption',
			'shamir-secret-sharing',
			'canonicalize',
			'uuid',
			'node:crypto',
		],
	},
	library: {
		may: [
			'errors.ts',
			'envelope',
			'access',
			'content',
			'encryption-directive',
			'keys',
			'audit-log',
			// Files, because database/index.ts would load its own driver.
			'database/sealed.ts',
			'database/plane.ts',
			'database/database-error.ts',
			'database/statements/audit-log/audit-entries.ts',
			'database/statements/keys/data-keys.ts',
			'database/tables/audit-entries.ts',
			'drizzle-orm',
			'drizzle-orm/**',
		],
	},
	testing: { may: ['errors.ts', 'audit', 'content', 'encryption-directive', 'client', 'graphql', 'fast-check'] },
	'adapters/aead-node': { may: ADAPTER },
	'adapters/keyring-local': { may: [...ADAPTER, 'zod'] },
	'adapters/keyring-aws': {
		may: [...ADAPTER, '@aws-sdk/client-kms', '@aws-sdk/credential-providers'],
		shares: ['aws-credentials.ts'],
	},
	'adapters/objects-filesystem': { may: [...ADAPTER, 'documents'] },
	'adapters/objects-s3': { may: [...ADAPTER, 'documents', '@aws-sdk/client-s3'], shares: ['aws-credentials.ts'] },
	'adapters/anchors': { may: [...ADAPTER, 'documents', 'audit-log/anchors'] },
	'adapters/issuer-local': { may: [...ADAPTER, 'jose'] },
	'adapters/webhook': { may: [...ADAPTER, 'alerts/deliveries'] },
	'adapters/fernet': { may: [...ADAPTER, 'content'] },
	wiring: {
		may: [...BELOW_WIRING, 'encryption-directive', 'audit-log', 'alerts/deliveries', 'adapters/*', ...NODE],
	},
	// Parts for the API of an adopter.
	'wiring/library': {
		may: [
			'errors.ts',
			'access',
			'audit',
			'audit-log',
			'content',
			'encryption-directive',
			'keys',
			// A file, because database/index.ts would load its own driver.
			'database/sealed.ts',
			'library',
			'adapters/aead-node',
			'adapters/keyring-local',
			'local-files',
			'node:path',
			'@apollo/server',
			'graphql',
			'drizzle-orm',
			'drizzle-orm/**',
		],
	},
	processes: {
		may: [
			...BELOW_WIRING,
			'encryption-directive',
			'audit-log',
			'audit-log/proofs',
			'audit-log/verify',
			'alerts',
			'alerts/deliveries',
			'wiring',
			...NODE,
		],
	},
	api: { may: [...BELOW_API, ...NODE, ...API, ...SERVER] },
	cli: {
		may: [
			...BELOW_WIRING,
			'audit/verify',
			'audit/verify/log.ts',
			'audit-log/rebuild',
			'audit-log/verify',
			'client/vault',
			'client/connection/index.ts',
			// A file, because client/index.ts would load GraphQL.
			'client/coordinates.generated.ts',
			// Files, so that a command that only calls the API loads no server.
			'api/operations/operation-files.ts',
			'api/sdl-files.ts',
			'leases/request-hash.ts',
			'leases/request-input.ts',
			'wiring',
			'processes/*.ts',
			...NODE,
			'commander',
			'cli-progress',
			'content-disposition',
			'undici',
			'uuid',
			'graphql',
		],
	},
};

/** Files with rules of their own: the entry point, the error codes, and the only file of the API that reads tokens. */
const FILES: Readonly<Record<string, readonly string[]>> = {
	'index.ts': ['./*/index.ts', './errors.ts', './database/sealed.ts', './wiring/library/index.ts'],
	'errors.ts': [],
	'adapters/aws-credentials.ts': ['@aws-sdk/credential-providers'],
	'api/request/authenticate.ts': [
		'./**',
		'../*.ts',
		...BELOW_API.map((name) => specifier(name, 'api/request')),
		...NODE,
		...API,
		'jose',
	],
};

/** The import specifier of a name in a file of the folder `from`. */
function specifier(name: string, from: string): string {
	const isOurs = name.endsWith('.ts') || name in FLOORS || name === 'audit/verify' || name === 'adapters/*';
	if (!isOurs) return name;
	const path = posix.relative(from, name.endsWith('.ts') ? name : `${name}/index.ts`);
	return path.startsWith('.') ? path : `./${path}`;
}

function override(includes: string, allowed: readonly string[], pure = false) {
	const where = includes.replace('**/', '').replace(/\/\*.*/, '');
	const message = `tools/floors.ts lists what ${where} may import: lower floors through their index.ts, few packages.`;
	const group = ['**', ...allowed.map((pattern) => `!${pattern}`)];
	const noRestrictedImports = { level: 'error', options: { patterns: [{ group, message }] } };
	if (!pure) return { includes: [includes], linter: { rules: { style: { noRestrictedImports } } } };
	const deniedGlobals = { Buffer: 'This folder runs in a browser too.', process: 'This folder runs in a browser too.' };
	const noRestrictedGlobals = { level: 'error', options: { deniedGlobals } };
	const rules = { correctness: { noNodejsModules: 'error' }, style: { noRestrictedImports, noRestrictedGlobals } };
	return { includes: [includes], linter: { rules } };
}

/** Files of a folder import each other freely. Files of its subfolders import them one level up. */
function overridesOf([folder, { may, pure, shares = [] }]: [string, Floor]) {
	const flat = ['./**', ...shares.map((file) => `../${file}`), ...may.map((name) => specifier(name, folder))];
	const inside = ['./**', '../*.ts', '../*/index.ts', ...may.map((name) => specifier(name, `${folder}/inside`))];
	return [override(`**/src/${folder}/*.ts`, flat, pure), override(`**/src/${folder}/*/**/*.ts`, inside, pure)];
}

const ofFiles = Object.entries(FILES).map(([file, may]) => override(`**/src/${file}`, may));
// The last override that matches a file applies, so single files come after the folders.
const overrides = [...Object.entries(FLOORS).flatMap(overridesOf), ...ofFiles];
writeFileSync(new URL('./floors.generated.json', import.meta.url), `${JSON.stringify({ overrides }, null, '\t')}\n`);
