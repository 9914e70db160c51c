import { createNodeAead } from '../adapters/aead-node/index.ts';
import { createDjangoCipher, createFernetCipher } from '../adapters/fernet/index.ts';
import type { Logger, Metrics } from '../api/index.ts';
import type { AppendingLog } from '../audit-log/index.ts';
import type { Clock } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import {
	type Content,
	contentFromKeyring,
	contentFromKeys,
	createPlaintextCodec,
	type PlaintextCodec,
	type PlaintextSource,
} from '../content/index.ts';
import { createErasureAwareKeyStore, type Plane } from '../database/index.ts';
import type { Registry } from '../encryption-directive/index.ts';
import { createKeyLogs, type RequestServices } from '../firms/index.ts';
import { type Keyring, unavailableDataKeys } from '../keys/index.ts';
import { contentTablesOf } from './content-tables.ts';
import { issuerOf } from './open-issuer.ts';
import { auditPlaneOf } from './open-log.ts';
import { logUnrecordedKeyUse, openRights, refusalReporterOf } from './open-rights.ts';
import type { RefusalFeed } from './refusal-feed.ts';
import { type ColumnMoveWatch, mayReadPlaintext, writeTargetOf } from './watch-column-moves.ts';

export interface RequestServicesParts {
	readonly plane: Plane;
	readonly keyring: Keyring;
	readonly audit: AppendingLog;
	readonly registry: Registry;
	readonly config: Config;
	readonly metrics: Metrics;
	readonly logger: Logger;
	/** For looking up rights, so that requests that use up `plane` can't block the identification of callers; `plane` unless given. */
	readonly identityPlane?: Plane;
	/** The progress of columns that are moved from plaintext; left out if no column is. */
	readonly moves?: ColumnMoveWatch | null;
	/** The feed of the process: a refusal in one process drops the firm's keys in every process. */
	readonly refusals?: RefusalFeed;
	readonly clock: Clock;
}

/** A plane's rows, rights and content, with a key cache of its own. */
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
	const onUnrecorded = logUnrecordedKeyUse(logger);
	const content = contentFromKeyring({
		keyring,
		store: createErasureAwareKeyStore(plane),
		audit,
		aead: createNodeAead(),
		fields: registry.fields,
		plaintext: moves && plaintextSourceOf(config, moves),
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
		keyLogs: createKeyLogs({ plane, installation: config.installation, tables: contentTablesOf(registry) }),
		clock,
		onUnproven,
	};
}

/** Content that opens no value: for a principal whose rights can't be checked now, or for the reason `why`. */
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

/** Reads and writes values of the plaintext columns that sealed columns replace, with the keys of other programs that the settings name. */
export const plaintextCodecOf = ({ fernet, django }: Config): PlaintextCodec =>
	createPlaintextCodec({
		fernet: fernet && createFernetCipher(fernet.expose()),
		django: django && createDjangoCipher(django.expose()),
	});

const plaintextSourceOf = (config: Config, moves: ColumnMoveWatch): PlaintextSource => ({
	...plaintextCodecOf(config),
	mayRead: (coordinate) => mayReadPlaintext(moves.phaseOf(coordinate)),
});
