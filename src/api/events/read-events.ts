import type { ChangeEvent, VisibleType } from '../../access/index.ts';
import {
	type EventRow,
	MAX_EVENTS,
	type Plane,
	selectEventPosition,
	selectEventsBetween,
	selectFirmsWithEvents,
	selectNewEvents,
	tableNameOf,
} from '../../database/index.ts';
import { WORKSPACE } from '../../firms/index.ts';
import { PLATFORM_FIRM_ID } from '../../keys/index.ts';

/** What changed since a position. */
export interface Changes {
	/** The position after these changes. */
	readonly now: string;
	readonly events: readonly ChangeEvent[];
	/** The firms of which events may be missing; 'ALL' if they may be missing of every firm. */
	readonly incomplete: ReadonlySet<string> | 'ALL';
}

/** Reads the events of one plane. */
export interface EventReader {
	/** The present position. */
	position(): Promise<string>;
	/** `firms`: the firms whose people listen, on the firms' plane. */
	read(since: string, firms: readonly string[]): Promise<Changes>;
}

/** An operator's transaction sees the events of all firms. */
export const createOperatorReader = (plane: Plane): EventReader => ({
	position: () => plane.read(null, selectEventPosition),
	async read(since) {
		const { now, isForeign, events } = await plane.read(null, (tx) => selectNewEvents(tx, since));
		const incomplete = isForeign || events.length === MAX_EVENTS ? 'ALL' : firmsToRefetch(events);
		return { now, incomplete, events: toChanges(events) };
	},
});

/** A firm's transaction sees only that firm's events, so only firms with new ones are read. */
export const createFirmReader = (plane: Plane): EventReader => ({
	position: () => plane.read(null, selectEventPosition),
	async read(since, firms) {
		const found = await plane.read(null, (tx) => selectFirmsWithEvents(tx, since, firms));
		if (found.isForeign) return { now: found.now, incomplete: 'ALL', events: [] };
		const incomplete = new Set<string>();
		const changes: ChangeEvent[] = [];
		for (const firm of found.firms) {
			const events = await plane.read(firm, (tx) => selectEventsBetween(tx, since, found.now));
			if (events.length === MAX_EVENTS || firmsToRefetch(events).size > 0) incomplete.add(firm);
			changes.push(...toChanges(events));
		}
		return { now: found.now, incomplete, events: changes };
	},
});

const firmsToRefetch = (events: readonly EventRow[]): ReadonlySet<string> =>
	new Set(events.filter(({ kind }) => kind === 'RESYNC').map(({ firmId }) => firmId));

const toChanges = (rows: readonly EventRow[]): ChangeEvent[] => rows.map(toChange).filter((change) => change !== null);

const RECORD_TYPES: Readonly<Record<string, VisibleType>> = Object.fromEntries(
	Object.entries(WORKSPACE).map(([type, { table }]) => [tableNameOf(table), type as VisibleType]),
);

const TYPES: Readonly<Record<'NOTICE' | 'LEASE' | 'JOB' | 'ALERT' | 'KEY_LOG', ChangeEvent['type']>> = {
	NOTICE: 'Notice',
	LEASE: 'BreakGlassLease',
	JOB: 'FirmJob',
	ALERT: 'Alert',
	KEY_LOG: 'KeyLog',
};

/** Null for a row that names no object, and for line items, which only change with their invoice. */
function toChange({ firmId, kind, subject, recordId }: EventRow): ChangeEvent | null {
	if (kind === 'RESYNC' || recordId === null) return null;
	const type = kind === 'MEMBER' ? (subject as VisibleType) : kind === 'RECORD' ? RECORD_TYPES[subject] : TYPES[kind];
	if (type === undefined || type === 'InvoiceLineItem') return null;
	return {
		kind,
		type,
		id: recordId,
		firmId: firmId === PLATFORM_FIRM_ID ? null : firmId,
		isForOwners: kind === 'NOTICE' && subject === 'OWNERS',
	};
}
