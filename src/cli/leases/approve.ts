import type { Config } from '../../config/index.ts';
import { FirmsealError } from '../../errors.ts';
import { checkDecisionReason } from '../../leases/request-input.ts';
import { operationCaller } from '../call/index.ts';
import type { CommandResult } from '../command.ts';
import { type ApprovalOptions, approveByHash, assertCanConfirmHash } from '../parse/index.ts';
import { markedRows } from '../print/index.ts';
import { assertMatchingHash, findLease, ownReasonRows, requestRows } from './api-lease.ts';
import { changedLease } from './changed-lease.ts';

export interface ApproveOptions extends ApprovalOptions {
	readonly lease: string;
	/** Why, in the person's words. */
	readonly reason?: string;
}

/**
 * Shows all of a request, and agrees to it once its hash is given: on the command line, or typed by the person who has read the request.
 * Sends the hash that was calculated here, so that the API refuses another or a changed request with CONFLICT.
 */
export async function approveLease(
	config: Config,
	{ lease: id, reason: given, ...options }: ApproveOptions,
): Promise<CommandResult> {
	assertCanConfirmHash(options);
	const reason = checkDecisionReason(given);
	const ask = operationCaller(config);
	const lease = await findLease(ask, id);
	if (lease.state !== 'REQUESTED')
		throw new FirmsealError('CONFLICT', `The lease is ${lease.state}: only a REQUESTED lease can be agreed to.`);
	assertMatchingHash(lease);
	const shown = {
		lines: markedRows([...ownReasonRows(reason), ...requestRows(lease)]),
		requestHash: lease.requestHash,
		result: { lease, ...(reason === null ? {} : { reason }) },
	};
	return approveByHash(shown, options, async (requestHash) => {
		const answer = await ask('approve-break-glass', { leaseId: id, requestHash, reason });
		const changed = changedLease(answer, 'approve', id);
		const next =
			changed.state === 'APPROVED'
				? 'The operator who asked for it can now activate it.'
				: 'Others must still agree to it.';
		return {
			result: { lease: { ...lease, ...changed } },
			text: `Agreed to the lease ${id} of ${changed.firm.slug}. ${next}`,
		};
	});
}
