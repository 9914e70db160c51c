import { hash } from 'node:crypto';
import type { Config } from '../../config/index.ts';
import { FirmsealError } from '../../errors.ts';
import { assertRead } from '../../firms/index.ts';
import { type AskApi, askApi } from '../call/index.ts';
import type { Answer } from '../command.ts';
import { agreeTo, requireHashOrPerson, type ToAgree } from '../parse/index.ts';
import { markedRows, type Row } from '../print/index.ts';
import type { ApproveOptions } from './approve.ts';
import { changedLease } from './changed-lease.ts';
import { findLease, requireOfItsHash } from './seen-lease.ts';
import { NOT_FOR_YOU, type Opening, openingsOf, rowsToEnd } from './show.ts';

/**
 * Shows all of a lease that has ended, with the report of what was opened, and signs off exactly that once its hash was named. The API takes no
 * hash of it: lease and report are read again before it is asked, and what has changed is a CONFLICT.
 */
export async function reviewLease(config: Config, { lease: id, ...options }: ApproveOptions): Promise<Answer> {
	requireHashOrPerson(options);
	const ask = askApi(config);
	return agreeTo(await seeReport(ask, id), options, async (requestHash) => {
		assertRead((await seeReport(ask, id)).requestHash, requestHash);
		const lease = changedLease(await ask('review-break-glass', { leaseId: id }), 'review', id);
		return { result: { lease }, text: `Reviewed the lease ${id} of ${lease.firm.slug}.` };
	});
}

/** A lease and its report, with the hash of all that is shown of them, however wide the terminal is. */
async function seeReport(ask: AskApi, id: string): Promise<ToAgree> {
	const lease = await findLease(ask, id);
	requireOfItsHash(lease);
	const openings = await openingsOf(ask, id);
	if (openings === null) throw new FirmsealError('FORBIDDEN', NOT_FOR_YOU);
	const rows = [...rowsToEnd(lease), ...rowsOf(openings)];
	const requestHash = hash('sha256', JSON.stringify(rows), 'hex');
	return { lines: markedRows([...rows, ['report hash', requestHash]]), requestHash, result: { lease, openings } };
}

const rowsOf = (openings: readonly Opening[]): Row[] =>
	openings.length === 0
		? [['opened', 'nothing']]
		: openings.map(({ at, coordinates, recordIds }) => [
				'opened',
				`on ${at}: ${coordinates.join(', ')} of ${recordIds.join(', ')}`,
			]);
