import { join } from 'node:path';
import { createNodeAead } from '../adapters/aead-node/index.ts';
import { type AnchorKind, openObjectAnchorStore } from '../adapters/anchors/index.ts';
import { createDjangoCipher, createFernetCipher } from '../adapters/fernet/index.ts';
import { type LocalIssuer, openLocalIssuer } from '../adapters/issuer-local/index.ts';
import { hasDataDirectory, makeDataDirectory } from '../adapters/local-files/index.ts';
import { openFilesystemObjects, openPlaintextFiles } from '../adapters/objects-filesystem/index.ts';
import { openWebhook } from '../adapters/webhook/index.ts';
import type { Webhook } from '../alerts/deliveries/index.ts';
import type { Authenticate, Logger, Metrics } from '../api/index.ts';
import { type Plane as AuditPlane, systemEntry } from '../audit/index.ts';
import type { AnchorStore } from '../audit-log/anchors/index.ts';
import { type AppendingLog, type AuditLogOptions, createAuditLog } from '../audit-log/index.ts';
import type { Clock } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import { tokenRefusals } from '../config/index.ts';
import {
	type Content,
	contentFromKeyring,
	contentFromKeys,
	createPlaintextCodec,
	keyEventAct,
	type PlaintextCodec,
	type PlaintextSource,
} from '../content/index.ts';
import {
	appendEntriesSql,
	assertShellSafePath,
	createErasureAwareKeyStore,
	type EmbeddedOptions,
	type EmbeddedServer,
	hasCluster,
	openPlane,
	type Plane,
	type PlaneLogin,
	type PlaneRole,
	prepareDatabase,
	refuseOtherMigrationsAt,
	SUPERUSER,
	selectLastSequence,
	startEmbeddedServer,
} from '../database/index.ts';
import { guardPlaintextStore, guardStore, type ObjectStore, type PlaintextStore } from '../documents/index.ts';
import type { Registry } from '../encryption-directive/index.ts';
import { SetupError } from '../errors.ts';
import type { RequestServices } from '../firms/index.ts';
import { createRightsProofs, type KeyedRightsProofs, type Keyring, unavailableDataKeys } from '../keys/index.ts';
import { createRequestLeaseOpener, createWaitForPublication, type RequestLeaseOptions } from '../leases/index.ts';
import type { RefusalFeed } from './refusal-feed.ts';
import { type ColumnMoveWatch, mayReadPlaintext, writeTargetOf } from './watch-column-moves.ts';

export { hasKeyring, initKeyring, keyringWords, openKeyring, unrotatedFirms } from './open-keyring.ts';

/** Where each plane signs in, and who may prepare the database. */
export interface DatabaseAccess {
	readonly firm: string;
	readonly operator: string;
	readonly worker: string;
	readonly broker: string;
	/** Past any pooler; null: the planes' own URLs are. */
	readonly direct: string | null;
	/** null: this process isn't told; only `firmseal init` needs it. */
	readonly admin: string | null;
	/** Directory of the embedded server's files; left out: the server is elsewhere. */
	readonly files?: string;
	/** That server itself. */
	readonly embedded?: Pick<EmbeddedServer, 'log' | 'isRunning' | 'restart'>;
	/** Stops the embedded server, if that is what it is. */
	stop: EmbeddedServer['stop'];
}

type Logins = Pick<DatabaseAccess, 'firm' | 'operator' | 'worker' | 'broker'>;

const logins = ({ firm, operator, worker, broker }: Logins): PlaneLogin[] => [
	{ url: firm, role: 'firmseal_firm' },
	{ url: firm, role: 'firmseal_portal' },
	{ url: operator, role: 'firmseal_operator' },
	{ url: operator, role: 'firmseal_break_glass' },
	{ url: worker, role: 'firmseal_worker' },
	{ url: worker, role: 'firmseal_maintenance' },
	{ url: worker, role: 'firmseal_log' },
	{ url: worker, role: 'firmseal_signer' },
	{ url: broker, role: 'firmseal_broker' },
];

/**
 * The database of the settings, or the embedded one. In development one URL may serve all planes, because a transaction
 * takes its plane's role whoever signed in; production has one login for each. `mustExist`: an embedded one is not made.
 * @throws SetupError
 */
export async function openDatabase(
	config: Config,
	{
		forOneCommand = false,
		mustExist = false,
		signal,
	}: Omit<EmbeddedOptions, 'directory'> & { readonly mustExist?: boolean } = {},
): Promise<DatabaseAccess> {
	const { firm, operator, worker, broker, admin, direct } = config.database;
	if (firm === null && operator === null && worker === null && broker === null) {
		const directory = join(config.dataDir, 'postgres');
		assertShellSafePath(directory);
		if (mustExist && !(hasDataDirectory(config.dataDir) && hasCluster(directory)))
			throw new SetupError(
				`There is no database in ${config.dataDir}: run \`firmseal init\` for a new installation, or set DATABASE_URL to a server of yours or FIRMSEAL_DATA_DIR to the directory of yours.`,
			);
		makeDataDirectory(config.dataDir);
		const embedded = await startEmbeddedServer({
			directory,
			forOneCommand,
			...(signal && { signal }),
		});
		try {
			await refuseOtherMigrationsAt(embedded.urlOf(SUPERUSER), {
				place: `in ${config.dataDir}`,
				mend: 'set FIRMSEAL_DATA_DIR to a new directory',
			});
		} catch (error) {
			await embedded.stop();
			throw error;
		}
		return embeddedAccess(embedded);
	}
	const shared = config.env === 'development' ? (firm ?? operator ?? worker ?? broker) : null;
	const urlOf = (url: typeof firm) => (url ?? shared)?.expose() ?? '';
	return {
		firm: urlOf(firm),
		operator: urlOf(operator),
		worker: urlOf(worker),
		broker: urlOf(broker),
		direct: direct?.expose() ?? null,
		// Preparing needs a session of its own, which a pooler doesn't give.
		admin: urlOf(admin ?? (shared && direct)) || null,
		stop: async () => {},
	};
}

const embeddedAccess = ({ urlOf, files, stop, ...embedded }: EmbeddedServer): DatabaseAccess => ({
	firm: urlOf('firmseal_firm_login'),
	operator: urlOf('firmseal_operator_login'),
	worker: urlOf('firmseal_worker_login'),
	broker: urlOf('firmseal_broker_login'),
	direct: null,
	admin: urlOf(SUPERUSER),
	files,
	embedded,
	stop,
});

/** Roles, logins and schema. Idempotent. @throws SetupError without an administrator's URL. */
export async function prepareInstallationDatabase(database: DatabaseAccess): Promise<void> {
	if (!database.admin) throw new SetupError('FIRMSEAL_ADMIN_DATABASE_URL is not set: preparing the database needs it.');
	await prepareDatabase(
		database.admin,
		logins(database).filter(({ url }) => url !== ''),
	);
}

/** @throws SetupError for a plane without a URL. */
export function openPlaneOf(database: DatabaseAccess, role: PlaneRole, connections?: number): Plane {
	const login = logins(database).find((each) => each.role === role);
	if (!login?.url)
		throw new SetupError(`There is no database URL for the ${role.replace('firmseal_', '')} plane: set it.`);
	return openPlane({ url: login.url, role, ...(connections !== undefined && { connections }) });
}

/** Where a store keeps what it is given on this machine; null: in a bucket. */
export const objectsDirectory = ({ dataDir, objects }: Config): string | null =>
	objects.kind === 'filesystem' ? join(dataDir, 'objects') : null;

/** The same of the anchors. */
export const anchorsDirectory = ({ dataDir, anchors }: Config): string | null =>
	anchors.bucket === null ? join(dataDir, 'anchors') : null;

interface StoreOptions {
	/** Whether a directory is made that isn't there; one that reads makes none, and finds it empty. */
	readonly createDirectory?: boolean;
}

async function openDirectory(
	dataDir: string,
	directory: string,
	{ createDirectory = true }: StoreOptions,
): Promise<ObjectStore> {
	if (createDirectory) makeDataDirectory(dataDir);
	return guardStore(await openFilesystemObjects({ directory, make: createDirectory }));
}

/** Where the objects of files are. @throws SetupError for a directory that isn't ours alone. */
export async function openObjects(config: Config, opening: StoreOptions = {}): Promise<ObjectStore> {
	const { bucket, kmsKeyId } = config.objects;
	const directory = objectsDirectory(config);
	if (directory !== null) return openDirectory(config.dataDir, directory, opening);
	// Its client takes half a second to load.
	const { openS3Objects } = await import('../adapters/objects-s3/index.ts');
	return guardStore(openS3Objects({ ...s3Of(config.aws), bucket: bucket ?? '', kmsKeyId }));
}

/** The settings make sure of the region, and of the bucket of files. */
const s3Of = ({ region, endpoints }: Config['aws']) => ({
	region: region ?? '',
	endpoint: endpoints.s3,
	sts: endpoints.sts,
	credentials: null,
});

/** Where the files of before are, in the clear. @throws SetupError when the settings don't say, or it can't be used. */
export async function openPlaintextObjects({ objects, aws }: Config): Promise<PlaintextStore> {
	const { clear } = objects;
	if (clear === null)
		throw new SetupError(
			'FIRMSEAL_CLEAR_OBJECTS must be set: a column of locations is declared to be moved, and this says where its files lie.',
		);
	if (!clear.startsWith('s3://')) return guardPlaintextStore(await openPlaintextFiles(clear));
	const [bucket = '', ...below] = clear.slice('s3://'.length).split('/');
	// Whatever a location says, it stays below.
	const prefix = below.join('/').replace(/(?<=[^/])$/, '/');
	const { openPlaintextS3Objects: openClearS3Objects } = await import('../adapters/objects-s3/index.ts');
	return guardPlaintextStore(openClearS3Objects({ ...s3Of(aws), bucket, prefix }));
}

/** Where the log is anchored outside of the database, and what is kept there beside its anchors. @throws SetupError for a directory that isn't ours alone. */
export async function openAnchors(
	config: Config,
	{ kind = 'anchor', ...opening }: StoreOptions & { readonly kind?: AnchorKind } = {},
): Promise<AnchorStore> {
	const { bucket, days: retainDays } = config.anchors;
	const { installation } = config;
	const directory = anchorsDirectory(config);
	if (directory !== null)
		return openObjectAnchorStore({
			objects: await openDirectory(config.dataDir, directory, opening),
			installation,
			kind,
		});
	const { openS3Objects } = await import('../adapters/objects-s3/index.ts');
	const objects = guardStore(openS3Objects({ ...s3Of(config.aws), kmsKeyId: null, bucket: bucket ?? '', retainDays }));
	return openObjectAnchorStore({ objects, installation, kind });
}

/** The writing end of the log, over a connection of its own: a flush never waits for the pool it is to release. */
export function openLog(plane: Plane, onAppend?: AuditLogOptions['onAppend']): AppendingLog {
	return createAuditLog({
		write: (rows) => plane.append(null, appendEntriesSql(rows)),
		lastSequence: (boot) => plane.read(null, (tx) => selectLastSequence(tx, boot)),
		...(onAppend && { onAppend }),
	});
}

export interface RequestServicesParts {
	readonly plane: Plane;
	readonly keyring: Keyring;
	readonly audit: AppendingLog;
	readonly registry: Registry;
	readonly config: Config;
	readonly metrics: Metrics;
	readonly logger: Logger;
	/** Where rights are looked up, so that whoever uses up `plane` keeps nobody from being told who they are; `plane` unless given. */
	readonly identityPlane?: Plane;
	/** How far columns of plaintext are; left out: none is declared to be moved. */
	readonly moves?: ColumnMoveWatch | null;
	/** Of the process: what other processes hear of firms' keys goes for the keys here too, and the other way. */
	readonly refusals?: RefusalFeed;
	readonly clock: Clock;
}

export interface RightsParts
	extends Pick<RequestServicesParts, 'plane' | 'keyring' | 'audit' | 'config' | 'refusals' | 'clock'> {
	/** A call of the keyring that could not be recorded; the firm's keys are dropped then. */
	readonly onUnrecorded: (error: unknown, firm: string) => void;
}

/**
 * What proves rows that give rights, and checks them: with the keys that the keyring gives this kind of process, from the rows that
 * the plane's role sees. Each call of the keyring is an entry of the log.
 */
export function openRights(parts: RightsParts): KeyedRightsProofs {
	const { plane, keyring, audit, config, refusals, clock, onUnrecorded } = parts;
	const onRefused = refusalReporterOf(plane, refusals);
	const rights = createRightsProofs({
		keyring,
		store: createErasureAwareKeyStore(plane),
		ttlSeconds: config.keyring.cacheSeconds,
		clock,
		onEvent(event) {
			if (event.outcome === 'REFUSED') onRefused(event.firm);
			audit.append([systemEntry(auditPlaneOf(plane), keyEventAct(event))]).catch((error: unknown) => {
				rights.purge(event.firm);
				onUnrecorded(error, event.firm);
			});
		},
	});
	refusals?.purgeOnRefusal(rights);
	return rights;
}

/** Of what is refused an operator's process, nobody needs to hear: it may only have no grant. */
const refusalReporterOf = (plane: Pick<Plane, 'role'>, refusals?: RefusalFeed): ((firm: string) => void) =>
	refusals && auditPlaneOf(plane) !== 'operator' ? refusals.report : () => {};

const AUDIT_PLANES: Readonly<Record<PlaneRole, AuditPlane>> = {
	firmseal_firm: 'firm',
	firmseal_portal: 'firm',
	firmseal_operator: 'operator',
	firmseal_break_glass: 'operator',
	firmseal_broker: 'broker',
	firmseal_worker: 'worker',
	firmseal_maintenance: 'worker',
	firmseal_log: 'worker',
	firmseal_signer: 'worker',
};

/** What the log calls the part of the program whose plane it is. */
const auditPlaneOf = ({ role }: Pick<Plane, 'role'>): AuditPlane => AUDIT_PLANES[role];

export interface RequestLeasesParts
	extends Pick<RequestServicesParts, 'plane' | 'keyring' | 'audit' | 'registry' | 'config' | 'logger' | 'clock'> {
	readonly database: DatabaseAccess;
	readonly columnOf: RequestLeaseOptions<unknown>['columnOf'];
}

/** Requests that use leases at once: each has a connection of its own while it holds one. */
export const MAX_CONCURRENT_LEASE_REQUESTS = 8;

/** How an operator's requests use their leases: pools of the role that breaks glass, and the operator's keyring. */
export function openRequestLeases(parts: RequestLeasesParts) {
	const { database, plane, keyring, audit, registry, config, logger, columnOf, clock } = parts;
	const planes = {
		forReading: openPlaneOf(database, 'firmseal_break_glass', 4),
		forHolding: openPlaneOf(database, 'firmseal_break_glass', MAX_CONCURRENT_LEASE_REQUESTS),
	};
	const openRequestLease = createRequestLeaseOpener({
		planes,
		keyring,
		aead: createNodeAead(),
		fields: registry.fields,
		audit,
		plane,
		columnOf,
		clock,
		waitForPublication: config.proof.operators ? createWaitForPublication(plane, clock) : async () => {},
		onFailure: (error) => logger.error({ err: error }, 'an exhausted lease could not be ended'),
	});
	return { openRequestLease, close: () => Promise.all([planes.forReading.close(), planes.forHolding.close()]) };
}

/** Values in columns that sealed ones take over, with the keys of other programs that the settings name. */
export const openPlainValues = ({ fernet, django }: Config): PlaintextCodec =>
	createPlaintextCodec({
		fernet: fernet && createFernetCipher(fernet.expose()),
		django: django && createDjangoCipher(django.expose()),
	});

const plainSource = (config: Config, moves: ColumnMoveWatch): PlaintextSource => ({
	...openPlainValues(config),
	mayRead: (coordinate) => mayReadPlaintext(moves.phaseOf(coordinate)),
});

/** A plane's rows and door to content, with a key cache of its own. */
export function openRequestServices(parts: RequestServicesParts): RequestServices {
	const {
		plane,
		keyring,
		audit,
		registry,
		config,
		metrics,
		logger,
		identityPlane = plane,
		refusals,
		moves = null,
		clock,
	} = parts;
	const side = auditPlaneOf(plane) === 'operator' ? 'operator' : 'firm';
	const onUnrecorded: RightsParts['onUnrecorded'] = (error, firm) =>
		logger.error({ err: error, firm }, 'the use of a key could not be recorded');
	const content = contentFromKeyring({
		keyring,
		store: createErasureAwareKeyStore(plane),
		audit,
		aead: createNodeAead(),
		fields: registry.fields,
		plaintext: moves && plainSource(config, moves),
		plane: side,
		keySeconds: config.keyring.cacheSeconds,
		clock,
		onOutcome: metrics.content,
		onFailure: (failure) => logger.error({ ...failure }, 'stored values could not be opened'),
		onUnrecorded,
		onRefused: refusalReporterOf(plane, refusals),
	});
	refusals?.purgeOnRefusal(content);
	const accounts = { issuer: issuerOf(config), assignsSubjects: config.tokens === null };
	const rights = openRights({ ...parts, plane: identityPlane, onUnrecorded });
	metrics.watchKeyCache(side, { content: content.keyStats, rights: rights.keyStats });
	const onUnproven: RequestServices['onUnproven'] = ({ firm, lease }) =>
		logger.error({ firm, ...(lease && { lease }) }, 'a row that grants a right could not be proven');
	return {
		plane,
		content,
		fieldsOf: (type) => Object.fromEntries(registry.ofType(type).map((field) => [field.fieldName, field])),
		writeTargetOf: moves ? (coordinate) => writeTargetOf(moves.phaseOf(coordinate)) : undefined,
		accountIssuer: accounts,
		rights,
		clock,
		onUnproven,
	};
}

/** The door to content while nobody may pass: somebody whose rights can't be checked now, or as `why` says. */
export const createUnavailableContent = ({
	audit,
	metrics,
	logger,
	why,
}: Pick<RequestServicesParts, 'audit' | 'metrics' | 'logger'> & { readonly why?: () => Error }): Content =>
	contentFromKeys({
		dataKeys: unavailableDataKeys(why),
		aead: createNodeAead(),
		audit,
		onOutcome: metrics.content,
		onFailure: (failure) => logger.error({ ...failure }, 'stored values could not be opened'),
	});

/** Where notices are sent to; null: the settings name nobody. */
export const openWebhookOf = ({ webhook }: Config): Webhook | null =>
	webhook && openWebhook({ url: webhook.url.expose(), secret: webhook.secret.expose() });

const BUILT_IN_ISSUER = { issuer: 'firmseal-development', audience: 'firmseal' } as const;

/** The application that the built-in issuer gives its tokens to. */
const BUILT_IN_CLIENT = 'firmseal-cli';

/** The issuer that a token must name: the configured one, or the built-in. */
export const issuerOf = ({ tokens }: Config): string => tokens?.issuer ?? BUILT_IN_ISSUER.issuer;

/** @throws SetupError when an external issuer is configured */
export function assertBuiltInIssuer({ tokens }: Config): void {
	if (tokens) throw new SetupError('Tokens come from the issuer in FIRMSEAL_JWT_ISSUER: ask it for one.');
}

/** The built-in issuer. @throws SetupError when an external one is configured. */
export async function openIssuer(config: Config): Promise<LocalIssuer> {
	assertBuiltInIssuer(config);
	makeDataDirectory(config.dataDir);
	return openLocalIssuer({
		directory: join(config.dataDir, 'issuer'),
		...BUILT_IN_ISSUER,
		client: BUILT_IN_CLIENT,
		maxSeconds: config.tokenRules.maxLifeSeconds,
	});
}

/** @throws SetupError in production for an issuer, or rules for its tokens, that production refuses. */
export async function openAuthenticator(config: Config): Promise<Authenticate> {
	const refusals = tokenRefusals(config);
	if (refusals.length > 0) throw new SetupError(refusals.join('\n'));
	// Most commands do without the API, which takes half of their start to load.
	const { createAuthenticator, createRemoteKeys: remoteKeys } = await import('../api/index.ts');
	const { tokens, tokenRules: rules } = config;
	if (!tokens)
		return createAuthenticator({
			...BUILT_IN_ISSUER,
			keys: (await openIssuer(config)).keys,
			rules: { ...rules, clients: [BUILT_IN_CLIENT] },
		});
	const { jwksUrl, ...provider } = tokens;
	return createAuthenticator({ ...provider, keys: remoteKeys(new URL(jwksUrl)), rules });
}

/** Asks the identity provider for its keys, as a process that checks tokens does. @throws SetupError that says why they can't be had */
export async function assertIssuerKeysReachable({ jwksUrl }: NonNullable<Config['tokens']>): Promise<void> {
	const { fetchIssuerKeys: fetchKeys } = await import('../api/index.ts');
	await fetchKeys(new URL(jwksUrl));
}
