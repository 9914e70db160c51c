import { type Entry, readLeaf } from '../../audit/index.ts';
import { type Plane, selectLeavesOfActions } from '../../database/index.ts';

/** A version of a data key, or a firm's wrapping key, with the last state that someone gave it. */
export interface LoggedKey {
	readonly firm: string;
	/** null for the wrapping key. */
	readonly version: { readonly class: string; readonly version: number } | null;
	readonly state: 'ENABLED' | 'DISABLED' | 'DESTROYED';
}

/** What the log says was done last, regardless of the rows. Ids are UUIDs; a member is `firm user`. */
export interface LoggedActions {
	readonly keys: readonly LoggedKey[];
	readonly endedJobs: ReadonlySet<string>;
	readonly endedLeases: ReadonlySet<string>;
	readonly removedMembers: ReadonlySet<string>;
	readonly disabledOperators: ReadonlySet<string>;
	readonly suspendedFirms: ReadonlySet<string>;
	/** Firms whose wrapping key was changed, with the kind of the last change. */
	readonly changedKeys: ReadonlyMap<string, 'BRING' | 'GIVE_BACK'>;
	/** Columns whose plaintext was removed. */
	readonly contractedColumns: ReadonlySet<string>;
}

const LEASE_ENDS = [
	'lease.deny',
	'lease.cancel',
	'lease.lapse',
	'lease.release',
	'lease.revoke',
	'lease.expire',
	'lease.exhaust',
] as const;

const ACTIONS = [
	...LEASE_ENDS,
	'job.page',
	'job.end',
	'job.cancel',
	'member.add',
	'member.remove',
	'operator.add',
	'operator.disable',
	'firm.suspend',
	'firm.resume',
	'column.report',
] as const;

const STATES = { 'Job.DISABLE': 'DISABLED', 'Job.ENABLE': 'ENABLED', 'Job.DESTROY': 'DESTROYED' } as const;

/** Kinds of jobs that replace a firm's wrapping key. */
const CHANGES = { 'Job.BRING': 'BRING', 'Job.GIVE_BACK': 'GIVE_BACK' } as const;

const PAGE = 1_000;

/** Reads the whole log once, in the order in which entries were made. Skips leaves that the program can't have written. */
export async function readLoggedActions(plane: Pick<Plane, 'read'>): Promise<LoggedActions> {
	const reading = beginReading();
	for (let after: string | null = null; ; ) {
		const leaves = await plane.read(null, (tx) => selectLeavesOfActions(tx, ACTIONS, after, PAGE));
		for (const { leaf } of leaves) {
			const entry = readLeaf(leaf);
			if (entry) reading.take(entry);
		}
		after = leaves.at(-1)?.id ?? null;
		if (leaves.length < PAGE) return reading.acts();
	}
}

function beginReading() {
	const keys = new Map<string, LoggedKey>();
	/** Versions that an unfinished job has touched. */
	const touched = new Map<string, Entry['keys']>();
	const endedJobs = new Set<string>();
	const endedLeases = new Set<string>();
	const removedMembers = new Set<string>();
	const disabledOperators = new Set<string>();
	const suspendedFirms = new Set<string>();
	const changedKeys = new Map<string, 'BRING' | 'GIVE_BACK'>();
	const contractedColumns = new Set<string>();

	function endJob({ firm, decision, coordinates: [kind], records: [job = ''] }: Entry): void {
		const of = touched.get(job) ?? [];
		touched.delete(job);
		endedJobs.add(job);
		const change = CHANGES[kind as keyof typeof CHANGES];
		if (change && decision === 'ALLOWED' && firm !== null) changedKeys.set(firm, change);
		const state = STATES[kind as keyof typeof STATES];
		if (!state || decision !== 'ALLOWED' || firm === null) return;
		const versions = of.length > 0 ? of.map(({ class: name, version }) => ({ class: name, version })) : [null];
		for (const version of versions) keys.set(`${firm} ${version?.class} ${version?.version}`, { firm, version, state });
	}

	function take(entry: Entry): void {
		const { action, firm, lease, records, request } = entry;
		const each = (change: (id: string) => unknown) => records.forEach(change);
		if (lease !== null && (LEASE_ENDS as readonly string[]).includes(action)) endedLeases.add(lease);
		// A job that changes a key's state has exactly one page, and that page names no records.
		else if (action === 'job.page' && request !== null && records.length === 0) touched.set(request, entry.keys);
		else if (action === 'job.end') endJob(entry);
		else if (action === 'job.cancel') each((id) => endedJobs.add(id));
		else if (action === 'member.remove') each((user) => removedMembers.add(`${firm} ${user}`));
		else if (action === 'member.add') each((user) => removedMembers.delete(`${firm} ${user}`));
		else if (action === 'operator.disable') each((user) => disabledOperators.add(user));
		else if (action === 'operator.add') each((user) => disabledOperators.delete(user));
		else if (action === 'firm.suspend' && firm !== null) suspendedFirms.add(firm);
		else if (action === 'firm.resume' && firm !== null) suspendedFirms.delete(firm);
		else if (action === 'column.report') for (const column of entry.coordinates) contractedColumns.add(column);
	}

	return {
		take,
		acts: (): LoggedActions => ({
			keys: [...keys.values()],
			endedJobs,
			endedLeases,
			removedMembers,
			disabledOperators,
			suspendedFirms,
			changedKeys,
			contractedColumns,
		}),
	};
}
