import {
	type JobRow,
	selectColumnMove,
	selectNewestJobs,
	selectPlaintextOnlyWrites,
	selectPlaintextRemnants,
	type Transaction,
} from '../../database/index.ts';
import type { FieldMove } from './field-move.ts';

function sumOf(jobs: readonly JobRow[]): Readonly<Record<string, number>> {
	const sums: Record<string, number> = {};
	for (const { findings } of jobs)
		for (const [name, count] of Object.entries(findings ?? {})) sums[name] = (sums[name] ?? 0) + count;
	return sums;
}

/** Finding nothing is a proof only if the same search found something before. */
function proofOf(looked: { readonly isRead: boolean; readonly samples: number; readonly foundBefore: number }): string {
	if (!looked.isRead) return 'not provable here: this worker cannot read the files of the database';
	if (looked.samples > 0 && looked.foundBefore === 0)
		return 'not provable here: the search found no value before either';
	return 'read';
}

/** The report as JSON: ids, counts, times and sentences, nothing of a value. */
export async function writeMoveReport(
	tx: Transaction,
	{ coordinate, table, from, to, field, file }: FieldMove,
): Promise<string> {
	const move = await selectColumnMove(tx, coordinate);
	const [verified, cleared] = [
		await selectNewestJobs(tx, 'VERIFY', coordinate),
		await selectNewestJobs(tx, 'CLEAR', coordinate),
	];
	const { plaintextOnlyWrites: _, ...compared } = sumOf(verified);
	const { samples = 0, foundBefore = 0, foundAfter = 0, filesRead = 0 } = sumOf(cleared);
	const { plaintextOnly, refused } = await selectPlaintextOnlyWrites(tx);
	const sinceVerified = plaintextOnly - Number(move?.plaintextOnlyWrites ?? 0);
	const { wal, replicas, archiving, isHeldBack } = await selectPlaintextRemnants(tx);
	return JSON.stringify({
		v: 1,
		coordinate,
		table,
		from,
		to,
		format: file ? 'object' : field.movedFrom,
		firms: cleared.length,
		compared,
		cleared: cleared.reduce((sum, { done }) => sum + done, 0),
		writesWithoutCiphertext: { whileExpanding: plaintextOnly - sinceVerified, sinceVerified },
		writesRefused: refused,
		...(file && {
			objects:
				'removed with all versions that the store lists, and checked to be gone; each was compared once more before, except those of removed documents',
		}),
		files: {
			proof: file
				? 'the column held locations of files, no content'
				: proofOf({ isRead: filesRead >= cleared.length, samples, foundBefore }),
			...(!file && { samples, foundBefore, foundAfter }),
			writtenAnewAt: move?.rewrittenAt?.toISOString(),
		},
		stillHeldBy: {
			writeAheadLog: `up to ${wal}: until it is recycled or its archive expires`,
			archive: archiving ? 'yes: until it expires' : 'no archive is written',
			replicas: `${replicas} connected: they follow this database; their own write-ahead log as above`,
			deadRows: isHeldBack
				? 'a replica or replication slot holds dead rows back, in the new files too: until VACUUM FULL runs without it'
				: 'none',
			statistics: 'computed again: the old ones until the catalogue is vacuumed',
			backups: 'every backup made before this: until it expires',
			freedBlocks: 'the blocks of the old files: until the file system overwrites them',
			...(file && {
				copiesOfObjects:
					'replication and backups of the bucket or directory, and caches in front of it: not provable here',
				unnamedObjects: 'objects that no row named any more at that time: not searched',
			}),
		},
		contractedAt: move?.movedAt.toISOString(),
	});
}
