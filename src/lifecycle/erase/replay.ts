import { type AuditLog, systemEntry } from '../../audit/index.ts';
import {
	insertTombstone,
	isUniqueViolation,
	type NewErasure,
	type Plane,
	selectNextTombstone,
	selectUndoneErasures,
} from '../../database/index.ts';
import type { Rights } from '../../keys/index.ts';
import { askForJob } from '../ask.ts';
import { erasingOf, KEY_DAYS, termsFrom, writeTerms } from './terms.ts';
import { isErasureProven } from './tombstone.ts';
import { fetchTombstone, type Tombstones } from './tombstones.ts';

export interface ReplayParts {
	/** The worker's. */
	readonly plane: Plane;
	readonly rights: Rights;
	readonly audit: AuditLog;
	readonly tombstones: Tombstones;
	readonly signal: AbortSignal;
	/** One that nobody of this installation has proven: what it names is closed, and not erased. Ids only. */
	readonly onUnproven: (erasure: Pick<NewErasure, 'id' | 'firmId'>) => void;
}

/** Asked for in one look. */
const MOST = 100;

/**
 * Learns of tombstones that the database does not know, as after a restore, and asks for whatever is to be erased and is not: a firm is closed with the
 * commit that writes its tombstone down. Answers how many jobs were asked for. @throws what the store and the plane throw.
 */
export async function replayErasures(parts: ReplayParts): Promise<number> {
	await learnTombstones(parts);
	const { plane, rights, audit } = parts;
	const undone = await plane.read(null, (tx) => selectUndoneErasures(tx, MOST));
	let asked = 0;
	for (const erasure of undone) {
		const erasing = erasingOf(erasure);
		if (!erasing || !(await isErasureProven(rights, erasure))) {
			parts.onUnproven(erasure);
			continue;
		}
		await askForJob(
			{ plane, rights },
			{
				firm: erasure.firmId,
				kind: 'ERASE',
				class: null,
				version: null,
				subject: erasure.subject,
				terms: writeTerms(termsFrom(new Date(), 0, KEY_DAYS.least)),
			},
			{ on: 'worker', user: null, record: (act) => audit.append([systemEntry('worker', act)]) },
		);
		asked += 1;
	}
	return asked;
}

/** Whether there is a tombstone that the database does not know: then it was restored from before, and nothing of it may be opened. */
export async function isBehindTombstones({
	plane,
	tombstones,
}: Pick<ReplayParts, 'plane' | 'tombstones'>): Promise<boolean> {
	return tombstones.has(await plane.read(null, selectNextTombstone));
}

async function learnTombstones({ plane, tombstones, signal }: ReplayParts): Promise<void> {
	for (;;) {
		const number = await plane.read(null, selectNextTombstone);
		const found = await fetchTombstone(tombstones, number, signal);
		if (!found) return;
		try {
			await plane.write(null, (tx) => insertTombstone(tx, { ...found, number }));
		} catch (error) {
			// Another worker was faster; else there are two of the same.
			const isKnown = isUniqueViolation(error) && (await plane.read(null, selectNextTombstone)) > number;
			if (!isKnown) throw error;
		}
	}
}
