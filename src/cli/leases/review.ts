import { hash } from 'node:crypto';
import type { Config } from '../../config/index.ts';
import { FirmsealError } from '../../errors.ts';
import { assertRequestHash } from '../../firms/index.ts';
import { type CallApi, operationCaller } from '../call/index.ts';
import type { CommandResult } from '../command.ts';
import { approveByHash, assertCanConfirmHash, type RequestToApprove } from '../parse/index.ts';
import { type LabelledValue, markedRows } from '../print/index.ts';
import { assertMatchingHash, findLease } from './api-lease.ts';
import type { ApproveOptions } from './approve.ts';
import { changedLease } from './changed-lease.ts';
import { type LeaseOpening, leaseStatusRows, NOT_FOR_YOU, openingsOf } from './show.ts';

/**
 * Shows all of an ended lease and the report of what was opened, and signs off both once their hash is given. The API accepts no hash of a
 * report, so this reads lease and report again just before it signs off, and fails with CONFLICT if they have changed.
 */
export async function reviewLease(config: Config, { lease: id, ...options }: ApproveOptions): Promise<CommandResult> {
	assertCanConfirmHash(options);
	const ask = operationCaller(config);
	return approveByHash(await readReport(ask, id), options, async (requestHash) => {
		assertRequestHash((await readReport(ask, id)).requestHash, requestHash);
		const lease = changedLease(await ask('review-break-glass', { leaseId: id }), 'review', id);
		return { result: { lease }, text: `Reviewed the lease ${id} of ${lease.firm.slug}.` };
	});
}

/**
 * A lease and its report, with the hash of all that is shown of them. The hash does not depend on the width of the terminal.
 * @throws FirmsealError CONFLICT for a lease that has not ended or is already reviewed
 */
async function readReport(ask: CallApi, id: string): Promise<RequestToApprove> {
	const lease = await findLease(ask, id);
	// Reading checks the form of every value that is shown. That comes first, so that a forged value is found in every state of the lease.
	const openings = await openingsOf(ask, id);
	const rows = [...leaseStatusRows(lease), ...rowsOf(openings ?? [])];
	if (lease.endedAt === null)
		throw new FirmsealError('CONFLICT', `The lease is ${lease.state}: it can be reviewed only after it has ended.`);
	if (lease.isReviewed) throw new FirmsealError('CONFLICT', 'The lease has already been reviewed.');
	assertMatchingHash(lease);
	if (openings === null) throw new FirmsealError('FORBIDDEN', NOT_FOR_YOU);
	const requestHash = hash('sha256', JSON.stringify(rows), 'hex');
	return { lines: markedRows([...rows, ['report hash', requestHash]]), requestHash, result: { lease, openings } };
}

const rowsOf = (openings: readonly LeaseOpening[]): LabelledValue[] =>
	openings.length === 0
		? [['opened', 'nothing']]
		: openings.map(({ at, coordinates, recordIds }) => [
				'opened',
				`on ${at}: ${coordinates.join(', ')} of ${recordIds.join(', ')}`,
			]);
