import type { ContentCustody } from '../access/index.ts';
import { custodyOf, type KeyLog, newestVersion, writableVersion } from '../custody/index.ts';
import { countStaleSeals, type StaleSeals, selectStaleSeals, tableNameOf } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { ActingMember, RequestServices } from './acting-member.ts';
import { WORKSPACE, type WorkspaceTypeName } from './workspace.ts';

/** What is left to seal again of a class, or to seal for the first time, or to return, while it moves. */
interface ClassResealing {
	readonly class: string;
	/** Null if the firm needs a new data key first. */
	readonly version: number | null;
	/** Number of records. */
	readonly count: number;
}

/**
 * What a record of the class must have, so that all older versions can be retired: no value under a version below `below`, and a stamp of
 * the entry `since` or later (src/custody/FORMAT.md, section 10, rule 3). Without a version to seal under, no record has it.
 */
export function wantedSeal(log: KeyLog, className: string): { readonly below: number; readonly since: number } {
	const writable = writableVersion(log, className);
	const version = log.classes.get(className)?.versions.get(writable ?? 0);
	return version === undefined
		? { below: newestVersion(log, className) + 1, since: log.size }
		: { below: writable ?? 0, since: version.generated };
}

const MOVING_ROWS: Readonly<Partial<Record<ContentCustody, StaleSeals['moving']>>> = {
	MOVING: 'UNSTAMPED',
	BACK: 'STAMPED',
};

const staleSealsOf = ({ keyLogs }: RequestServices, log: KeyLog, className: string): StaleSeals => ({
	firm: log.firm,
	tables: keyLogs.tablesOf(className),
	...wantedSeal(log, className),
	moving: MOVING_ROWS[custodyOf(log, className)] ?? null,
});

/** Of each class that is not in PLATFORM custody. Any member may know it: it has numbers only. */
export async function countToReseal(
	services: RequestServices,
	{ firm }: Pick<ActingMember, 'firm'>,
): Promise<readonly ClassResealing[]> {
	const { keyLogs, plane } = services;
	const log = await keyLogs.read(firm);
	const classes = log ? keyLogs.classes.filter((name) => custodyOf(log, name) !== 'PLATFORM') : [];
	return plane.read(firm, async (tx) => {
		const counted: ClassResealing[] = [];
		for (const name of classes) {
			const count = await countStaleSeals(tx, staleSealsOf(services, log as KeyLog, name));
			counted.push({ class: name, version: writableVersion(log as KeyLog, name), count });
		}
		return counted;
	});
}

interface PageToReseal {
	readonly class: string;
	/** Id of the record before the page; null for the first page. */
	readonly after: string | null;
	readonly first: number;
}

/** Bytes of a page, of which a client opens and seals all at once. */
const PAGE_BYTES = 2 ** 20;

/**
 * The ids and types of records to seal again, in the order of their ids.
 * @throws FirmsealError BAD_USER_INPUT for a class that the firm's devices do not seal
 */
export async function findToReseal(
	services: RequestServices,
	{ firm }: Pick<ActingMember, 'firm'>,
	{ class: className, after, first }: PageToReseal,
): Promise<readonly { readonly id: string; readonly type: WorkspaceTypeName }[]> {
	const log = await services.keyLogs.read(firm);
	if (log === null || custodyOf(log, className) === 'PLATFORM')
		throw new FirmsealError('BAD_USER_INPUT', 'The class is not in the own custody of the firm: see Firm.custody.');
	const stale = staleSealsOf(services, log, className);
	const rows = await services.plane.read(firm, (tx) =>
		selectStaleSeals(tx, stale, { after, rows: first, bytes: PAGE_BYTES }),
	);
	return rows.map(({ id, table }) => ({ id, type: typeOfTable(table) }));
}

function typeOfTable(table: string): WorkspaceTypeName {
	const found = Object.entries(WORKSPACE).find(([, type]) => tableNameOf(type.table) === table);
	if (!found) throw new Error(`${table} has content, but no type of the workspace.`);
	return found[0] as WorkspaceTypeName;
}
