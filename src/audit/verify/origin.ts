import { AuditProofError } from './audit-proof-error.ts';

/** Stands in place of a firm's id in the origin of the tree of the installation itself. */
export const NO_FIRM = '00000000-0000-0000-0000-000000000000';
/** What an installation may have as its name: nothing that a shell or a terminal takes for more than a name. */
const INSTALLATION = '[a-z0-9][a-z0-9.-]{0,99}';
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const FIRM_ORIGIN = new RegExp(`^(?<root>${INSTALLATION}/firmseal)/(?<id>${UUID})$`);
const ROOT_ORIGIN = new RegExp(`^(?<installation>${INSTALLATION})/firmseal$`);

/** Which tree of entries an origin names. */
export interface FirmOrigin {
	/** Origin of the root tree above it. */
	readonly root: string;
	/** What the entries of the tree have as their firm: null in the tree of the installation itself. */
	readonly firm: string | null;
}

/** @throws AuditProofError when `origin` is not that of a tree of entries. */
export function parseFirmOrigin(origin: string): FirmOrigin {
	const { root, id } = FIRM_ORIGIN.exec(origin)?.groups ?? {};
	if (root === undefined || id === undefined) throw new AuditProofError('An origin is not that of the tree of a firm.');
	return { root, firm: id === NO_FIRM ? null : id };
}

/**
 * The installation's name.
 * @throws AuditProofError when `origin` is not that of a root tree.
 */
export function installationOf(origin: string): string {
	const { installation } = ROOT_ORIGIN.exec(origin)?.groups ?? {};
	if (installation === undefined) throw new AuditProofError('An origin is not that of a root tree.');
	return installation;
}

export function rootOriginOf(installation: string): string {
	return `${installation}/firmseal`;
}

/** What the origin of a tree of entries ends with: a firm's id, or that of none. */
export const treeOfOrigin = (origin: string): string => origin.slice(origin.lastIndexOf('/') + 1);
