import { join } from 'node:path';
import { createNodeAead } from '../adapters/aead-node/index.ts';
import { type AnchorKind, openAnchorsInObjects } from '../adapters/anchors/index.ts';
import { openDjangoValues, openTokens } from '../adapters/fernet/index.ts';
import { type LocalIssuer, openLocalIssuer } from '../adapters/issuer-local/index.ts';
import { hasDataDirectory, makeDataDirectory } from '../adapters/local-files/index.ts';
import { openClearFiles, openFilesystemObjects } from '../adapters/objects-filesystem/index.ts';
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
	contentOver,
	createContent,
	createPlainValues,
	keyAct,
	type PlainSource,
	type PlainValues,
} from '../content/index.ts';
import {
	appendOf,
	createFirmKeyStore,
	type EmbeddedOptions,
	type EmbeddedServer,
	hasCluster,
	openPlane,
	type Plane,
	type PlaneLogin,
	type PlaneRole,
	prepareDatabase,
	refuseOddPath,
	SUPERUSER,
	selectLastSequence,
	startEmbeddedServer,
} from '../database/index.ts';
import { type ClearStore, guardClearStore, guardStore, type ObjectStore } from '../documents/index.ts';
import type { Registry } from '../encryption-directive/index.ts';
import { SetupError } from '../errors.ts';
import type { Desk } from '../firms/index.ts';
import { closedKeys, createRights, type KeyedRights, type Keyring } from '../keys/index.ts';
import { createLeaseUses, type LeaseUsesOptions, waitForProofBy } from '../leases/index.ts';
import { type MoveWatch, mayReadPlain, writtenTo } from './move-watch.ts';
import type { RefusalWatch } from './refusal-watch.ts';

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
		refuseOddPath(directory);
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
export async function prepare(database: DatabaseAccess): Promise<void> {
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

interface StoreOpening {
	/** Whether a directory is made that isn't there; one that reads makes none, and finds it empty. */
	readonly make?: boolean;
}

async function openDirectory(dataDir: string, directory: string, { make = true }: StoreOpening): Promise<ObjectStore> {
	if (make) makeDataDirectory(dataDir);
	return guardStore(await openFilesystemObjects({ directory, make }));
}

/** Where the objects of files are. @throws SetupError for a directory that isn't ours alone. */
export async function openObjects(config: Config, opening: StoreOpening = {}): Promise<ObjectStore> {
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
export async function openClearObjects({ objects, aws }: Config): Promise<ClearStore> {
	const { clear } = objects;
	if (clear === null)
		throw new SetupError(
			'FIRMSEAL_CLEAR_OBJECTS must be set: a column of locations is declared to be moved, and this says where its files lie.',
		);
	if (!clear.startsWith('s3://')) return guardClearStore(await openClearFiles(clear));
	const [bucket = '', ...below] = clear.slice('s3://'.length).split('/');
	// Whatever a location says, it stays below.
	const prefix = below.join('/').replace(/(?<=[^/])$/, '/');
	const { openClearS3Objects } = await import('../adapters/objects-s3/index.ts');
	return guardClearStore(openClearS3Objects({ ...s3Of(aws), bucket, prefix }));
}

/** Where the log is anchored outside of the database, and what is kept there beside its anchors. @throws SetupError for a directory that isn't ours alone. */
export async function openAnchors(
	config: Config,
	{ kind = 'anchor', ...opening }: StoreOpening & { readonly kind?: AnchorKind } = {},
): Promise<AnchorStore> {
	const { bucket, days: retainDays } = config.anchors;
	const { installation } = config;
	const directory = anchorsDirectory(config);
	if (directory !== null)
		return openAnchorsInObjects({
			objects: await openDirectory(config.dataDir, directory, opening),
			installation,
			kind,
		});
	const { openS3Objects } = await import('../adapters/objects-s3/index.ts');
	const objects = guardStore(openS3Objects({ ...s3Of(config.aws), kmsKeyId: null, bucket: bucket ?? '', retainDays }));
	return openAnchorsInObjects({ objects, installation, kind });
}

/** The writing end of the log, over a connection of its own: a flush never waits for the pool it is to release. */
export function openLog(plane: Plane, onAppend?: AuditLogOptions['onAppend']): AppendingLog {
	return createAuditLog({
		write: (rows) => plane.append(null, appendOf(rows)),
		lastSequence: (boot) => plane.read(null, (tx) => selectLastSequence(tx, boot)),
		...(onAppend && { onAppend }),
	});
}

export interface DeskParts {
	readonly plane: Plane;
	readonly keyring: Keyring;
	readonly audit: AppendingLog;
	readonly registry: Registry;
	readonly config: Config;
	readonly metrics: Metrics;
	readonly logger: Logger;
	/** Where rights are looked up, so that whoever uses up `plane` keeps nobody from being told who they are; `plane` unless given. */
	readonly door?: Plane;
	/** How far columns of plaintext are; left out: none is declared to be moved. */
	readonly moves?: MoveWatch | null;
	/** Of the process: what other processes hear of firms' keys goes for the keys here too, and the other way. */
	readonly refusals?: RefusalWatch;
	readonly clock: Clock;
}

export interface RightsParts extends Pick<DeskParts, 'plane' | 'keyring' | 'audit' | 'config' | 'refusals' | 'clock'> {
	/** A call of the keyring that could not be recorded; the firm's keys are dropped then. */
	readonly onUnrecorded: (error: unknown, firm: string) => void;
}

/**
 * What proves rows that give rights, and checks them: with the keys that the keyring gives this kind of process, from the rows that
 * the plane's role sees. Each call of the keyring is an entry of the log.
 */
export function openRights(parts: RightsParts): KeyedRights {
	const { plane, keyring, audit, config, refusals, clock, onUnrecorded } = parts;
	const onRefused = tellerOf(plane, refusals);
	const rights = createRights({
		keyring,
		store: createFirmKeyStore(plane),
		ttlSeconds: config.keyring.cacheSeconds,
		clock,
		onEvent(event) {
			if (event.outcome === 'REFUSED') onRefused(event.firm);
			audit.append([systemEntry(sideOf(plane), keyAct(event))]).catch((error: unknown) => {
				rights.purge(event.firm);
				onUnrecorded(error, event.firm);
			});
		},
	});
	refusals?.watchOver(rights);
	return rights;
}

/** Of what is refused an operator's process, nobody needs to hear: it may only have no grant. */
const tellerOf = (plane: Pick<Plane, 'role'>, refusals?: RefusalWatch): ((firm: string) => void) =>
	refusals && sideOf(plane) !== 'operator' ? refusals.tell : () => {};

const SIDES: Readonly<Record<PlaneRole, AuditPlane>> = {
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
const sideOf = ({ role }: Pick<Plane, 'role'>): AuditPlane => SIDES[role];

export interface LeasesParts
	extends Pick<DeskParts, 'plane' | 'keyring' | 'audit' | 'registry' | 'config' | 'logger' | 'clock'> {
	readonly database: DatabaseAccess;
	readonly columnOf: LeaseUsesOptions<unknown>['columnOf'];
}

/** Requests that use leases at once: each has a connection of its own while it holds one. */
export const LEASES_AT_ONCE = 8;

/** How an operator's requests use their leases: pools of the role that breaks glass, and the operator's keyring. */
export function openLeaseUses(parts: LeasesParts) {
	const { database, plane, keyring, audit, registry, config, logger, columnOf, clock } = parts;
	const planes = {
		using: openPlaneOf(database, 'firmseal_break_glass', 4),
		holding: openPlaneOf(database, 'firmseal_break_glass', LEASES_AT_ONCE),
	};
	const openRequestLease = createLeaseUses({
		planes,
		keyring,
		aead: createNodeAead(),
		fields: registry.fields,
		audit,
		plane,
		columnOf,
		clock,
		waitForProof: config.proof.operators ? waitForProofBy(plane, clock) : async () => {},
		onFailure: (error) => logger.error({ err: error }, 'a lease that is used up could not be ended'),
	});
	return { openRequestLease, close: () => Promise.all([planes.using.close(), planes.holding.close()]) };
}

/** Values in columns that sealed ones take over, with the keys of other programs that the settings name. */
export const openPlainValues = ({ fernet, django }: Config): PlainValues =>
	createPlainValues({
		fernet: fernet && openTokens(fernet.expose()),
		django: django && openDjangoValues(django.expose()),
	});

const plainSource = (config: Config, moves: MoveWatch): PlainSource => ({
	...openPlainValues(config),
	mayRead: (coordinate) => mayReadPlain(moves.phaseOf(coordinate)),
});

/** A plane's rows and door to content, with a key cache of its own. */
export function openDesk(parts: DeskParts): Desk {
	const {
		plane,
		keyring,
		audit,
		registry,
		config,
		metrics,
		logger,
		door = plane,
		refusals,
		moves = null,
		clock,
	} = parts;
	const side = sideOf(plane) === 'operator' ? 'operator' : 'firm';
	const onUnrecorded: RightsParts['onUnrecorded'] = (error, firm) =>
		logger.error({ err: error, firm }, 'the use of a key could not be recorded');
	const content = createContent({
		keyring,
		store: createFirmKeyStore(plane),
		audit,
		aead: createNodeAead(),
		fields: registry.fields,
		plain: moves && plainSource(config, moves),
		plane: side,
		keySeconds: config.keyring.cacheSeconds,
		clock,
		onSettled: metrics.content,
		onFailure: (failure) => logger.error({ ...failure }, 'stored values stayed closed'),
		onUnrecorded,
		onRefused: tellerOf(plane, refusals),
	});
	refusals?.watchOver(content);
	const accounts = { issuer: issuerOf(config), makesSubjects: config.tokens === null };
	const rights = openRights({ ...parts, plane: door, onUnrecorded });
	metrics.watchKeyCache(side, { content: content.keyStats, rights: rights.keyStats });
	const onUnproven: Desk['onUnproven'] = ({ firm, lease }) =>
		logger.error({ firm, ...(lease && { lease }) }, 'a row that gives a right has no proof');
	return {
		plane,
		content,
		fieldsOf: (type) => Object.fromEntries(registry.ofType(type).map((field) => [field.fieldName, field])),
		writtenTo: moves ? (coordinate) => writtenTo(moves.phaseOf(coordinate)) : undefined,
		accounts,
		rights,
		clock,
		onUnproven,
	};
}

/** The door to content while nobody may pass: somebody whose rights can't be checked now, or as `why` says. */
export const openClosedContent = ({
	audit,
	metrics,
	logger,
	why,
}: Pick<DeskParts, 'audit' | 'metrics' | 'logger'> & { readonly why?: () => Error }): Content =>
	contentOver({
		dataKeys: closedKeys(why),
		aead: createNodeAead(),
		audit,
		onSettled: metrics.content,
		onFailure: (failure) => logger.error({ ...failure }, 'stored values stayed closed'),
	});

/** Where notices are sent to; null: the settings name nobody. */
export const openWebhookOf = ({ webhook }: Config): Webhook | null =>
	webhook && openWebhook({ url: webhook.url.expose(), secret: webhook.secret.expose() });

const BUILT_IN = { issuer: 'firmseal-development', audience: 'firmseal' } as const;

/** The application that the built-in issuer gives its tokens to. */
const OWN_CLIENT = 'firmseal-cli';

/** The issuer that a token must name: the configured one, or the built-in. */
export const issuerOf = ({ tokens }: Config): string => tokens?.issuer ?? BUILT_IN.issuer;

/** @throws SetupError when an external issuer is configured */
export function refuseForeignIssuer({ tokens }: Config): void {
	if (tokens) throw new SetupError('Tokens come from the issuer in FIRMSEAL_JWT_ISSUER: ask it for one.');
}

/** The built-in issuer. @throws SetupError when an external one is configured. */
export async function openIssuer(config: Config): Promise<LocalIssuer> {
	refuseForeignIssuer(config);
	makeDataDirectory(config.dataDir);
	return openLocalIssuer({
		directory: join(config.dataDir, 'issuer'),
		...BUILT_IN,
		client: OWN_CLIENT,
		maxSeconds: config.tokenRules.maxLifeSeconds,
	});
}

/** @throws SetupError in production for an issuer, or rules for its tokens, that production refuses. */
export async function openAuthenticator(config: Config): Promise<Authenticate> {
	const refusals = tokenRefusals(config);
	if (refusals.length > 0) throw new SetupError(refusals.join('\n'));
	// Most commands do without the API, which takes half of their start to load.
	const { createAuthenticator, remoteKeys } = await import('../api/index.ts');
	const { tokens, tokenRules: rules } = config;
	if (!tokens)
		return createAuthenticator({
			...BUILT_IN,
			keys: (await openIssuer(config)).keys,
			rules: { ...rules, clients: [OWN_CLIENT] },
		});
	const { jwksUrl, ...provider } = tokens;
	return createAuthenticator({ ...provider, keys: remoteKeys(new URL(jwksUrl)), rules });
}

/** Asks the identity provider for its keys, as a process that checks tokens does. @throws SetupError that says why they can't be had */
export async function tryKeys({ jwksUrl }: NonNullable<Config['tokens']>): Promise<void> {
	const { fetchKeys } = await import('../api/index.ts');
	await fetchKeys(new URL(jwksUrl));
}
