import {
	type JobRow,
	selectColumnMove,
	selectNewestJobs,
	selectPlaintextOnlyWrites,
	selectPlaintextRemnants,
	type Transaction,
} from '../../database/index.ts';
import type { FieldMove } from './field-move.ts';

/** Counts of all firms, name by name. */
function sumOf(jobs: readonly JobRow[]): Readonly<Record<string, number>> {
	const sums: Record<string, number> = {};
	for (const { findings } of jobs)
		for (const [name, count] of Object.entries(findings ?? {})) sums[name] = (sums[name] ?? 0) + count;
	return sums;
}

/** Not to find something proves what it is worth only where it was found before. */
function proofOf(looked: { readonly isRead: boolean; readonly samples: number; readonly foundBefore: number }): string {
	if (!looked.isRead) return 'not provable here: this worker can not read the files of the database';
	if (looked.samples > 0 && looked.foundBefore === 0)
		return 'not provable here: the files showed no value before either';
	return 'read';
}

/** What was done and found, as JSON: ids, counts, times and words, nothing of a value. */
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
				'removed with all versions that the store lists, each after it was compared once more, those of removed documents as they were; seen to be gone',
		}),
		files: {
			proof: file
				? 'it held where files lay, no content'
				: proofOf({ isRead: filesRead >= cleared.length, samples, foundBefore }),
			...(!file && { samples, foundBefore, foundAfter }),
			writtenAnewAt: move?.rewrittenAt?.toISOString(),
		},
		stillHeldBy: {
			writeAheadLog: `up to ${wal}: gone when it is recycled or its archive expires`,
			archive: archiving ? 'yes: until it expires' : 'no archive is written',
			replicas: `${replicas} connected: they follow; their own write-ahead log as above`,
			deadRows: isHeldBack
				? 'a replica or slot holds them back: the new files too, until VACUUM FULL without it'
				: 'none',
			statistics: 'taken anew: the old ones until the catalogue is vacuumed',
			backups: 'every one made before this: until it expires',
			freedBlocks: 'the blocks of the old files, until the file system writes over them',
			...(file && {
				copiesOfObjects: 'replication and backups of the bucket or directory, caches before it: not provable here',
				unnamedObjects: 'objects that no row named any more when they were removed: nobody has looked for them',
			}),
		},
		contractedAt: move?.movedAt.toISOString(),
	});
}
