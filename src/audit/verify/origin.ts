import { AuditProofError } from './audit-proof-error.ts';

/** Replaces the firm's id in the origin of the installation's own tree. */
export const NO_FIRM = '00000000-0000-0000-0000-000000000000';
/** Name of an installation, without any character that is special for a shell or a terminal. */
const INSTALLATION = '[a-z0-9][a-z0-9.-]{0,99}';
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const FIRM_ORIGIN = new RegExp(`^(?<root>${INSTALLATION}/firmseal)/(?<id>${UUID})$`);
const ROOT_ORIGIN = new RegExp(`^(?<installation>${INSTALLATION})/firmseal$`);

/** The tree of entries that an origin names. */
export interface FirmOrigin {
	/** Origin of the root tree. */
	readonly root: string;
	/** The firm of the tree's entries. Null for the installation's own tree. */
	readonly firm: string | null;
}

/** @throws AuditProofError if `origin` is not that of a tree of entries. */
export function parseFirmOrigin(origin: string): FirmOrigin {
	const { root, id } = FIRM_ORIGIN.exec(origin)?.groups ?? {};
	if (root === undefined || id === undefined) throw new AuditProofError('An origin is not that of the tree of a firm.');
	return { root, firm: id === NO_FIRM ? null : id };
}

/**
 * The name of the installation.
 * @throws AuditProofError if `origin` is not that of a root tree.
 */
export function installationOf(origin: string): string {
	const { installation } = ROOT_ORIGIN.exec(origin)?.groups ?? {};
	if (installation === undefined) throw new AuditProofError('An origin is not that of a root tree.');
	return installation;
}

export function rootOriginOf(installation: string): string {
	return `${installation}/firmseal`;
}

/** The end of the origin of a tree of entries: a firm's id or NO_FIRM. */
export const treeOfOrigin = (origin: string): string => origin.slice(origin.lastIndexOf('/') + 1);

/** The origin of the key log of a firm (src/custody/FORMAT.md, section 4), or of one of its sub-logs. */
export const keyLogOriginOf = (installation: string, firm: string, subLog: string | null = null): string =>
	`${rootOriginOf(installation)}/${firm}/keys${subLog === null ? '' : `/${subLog}`}`;
