import type { KeptLog, KeptLogStore } from '../../../web/kit/log/kept-log.ts';
import { LogSession } from '../../../web/kit/log/log-session.ts';
import type { OfferedLog } from '../../../web/kit/log/offered-log.ts';
import { sha256 } from '../../../web/verify/sha256.ts';
import { KEY, ORIGIN } from '../../audit/verify/bundle-cases.ts';
import { consistencyProof, sha256 as hashOf } from '../../audit/verify/naive-tree.ts';
import { FIRM, leafOf, TestLog } from '../../audit/verify/write-log.ts';

export const LEASE = '01980000-0000-7000-8000-00000000001e';
export const OPERATOR = '01980000-0000-7000-8000-0000000000b1';
export const RECORD = '01980000-0000-7000-8000-0000000000c1';
/** RECORD as a leaf has it. */
const ROW = 'AZgAAAAAcACAAAAAAAAAwQ';

const ACTIONS = ['request.deny', 'content.open', 'lease.use', 'lease.approve', 'content.open'] as const;

/** An entry of a log in which a lease is asked for, agreed to and used. */
export function entryAt(index: number, changes: Readonly<Record<string, unknown>> = {}): string {
	const action = ACTIONS[index % ACTIONS.length];
	if (action === 'request.deny') return leafOf(FIRM, index + 1, changes);
	return leafOf(FIRM, index + 1, {
		action,
		decision: 'ALLOWED',
		reason: null,
		lease: LEASE,
		plane: 'operator',
		actor: { kind: 'operator', user: OPERATOR, roles: ['OPERATOR'] },
		...(action === 'lease.approve' ? { hash: 'ab'.repeat(32) } : { coordinates: ['Note.title'], records: [ROW] }),
		...changes,
	});
}

/** A signed log of these leaves. */
export function logOf(leaves: readonly string[], key = KEY): TestLog {
	const log = new TestLog(key);
	log.leaves(FIRM).push(...leaves);
	log.publish(FIRM);
	return log;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
export const CREATED = '2026-11-24T16:00:00.000Z';

/** What a server offers of `log` to a browser that keeps `kept` entries. */
export function offerOf(log: TestLog, kept: number | null, changes: Partial<OfferedLog> = {}): OfferedLog {
	const leaves = log.leaves(FIRM);
	const { checkpoint: note, root } = log.footer(FIRM);
	const isProven = kept !== null && kept > 0 && kept < leaves.length;
	return {
		vkeys: [log.vkey(ORIGIN)],
		checkpoint: {
			size: leaves.length,
			note,
			createdAt: CREATED,
			rootInclusion: { index: root.index, hashes: root.proof, note: root.checkpoint },
		},
		proof: isProven
			? consistencyProof(
					kept,
					leaves.map((leaf) => hashOf('\0', leaf)),
				).map(base64)
			: [],
		...changes,
	};
}

export class MemoryStore implements KeptLogStore {
	kept: KeptLog | null = null;
	load = async () => structuredClone(this.kept);
	save = async (kept: KeptLog) => {
		this.kept = structuredClone(kept);
	};
}

interface Visit {
	/** The leaves that the server sends; those of the log unless given. */
	readonly leaves?: readonly string[];
	readonly offer?: Partial<OfferedLog>;
	/** How many leaves are read before the person leaves; all unless given. */
	readonly until?: number;
	readonly page?: number;
	readonly trustsOffered?: boolean;
}

/** One visit of a browser with `store` to the page. @throws LogAlarm */
export async function visit(
	store: KeptLogStore,
	log: TestLog,
	{
		leaves = log.leaves(FIRM),
		offer = {},
		until = Number.POSITIVE_INFINITY,
		page = 7,
		trustsOffered = false,
	}: Visit = {},
): Promise<LogSession> {
	const session = new LogSession({ firm: FIRM, store, sha256, now: () => CREATED, saveEvery: 1 });
	const kept = await session.begin();
	const { from, size } = await session.accept(offerOf(log, kept, offer), trustsOffered);
	for (let again: number | null = from; again !== null; again = await session.finish()) {
		for (let next = again; next < size; ) {
			if (next >= until) return session;
			const part = leaves.slice(next, Math.min(size, next + page));
			if (part.length === 0) break;
			next = await session.add(part);
		}
	}
	return session;
}
