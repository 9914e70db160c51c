import type { Config } from '../../config/index.ts';
import { checkDecisionReason } from '../../leases/request-input.ts';
import { operationCaller } from '../call/index.ts';
import type { CommandResult } from '../command.ts';
import { currentIo } from '../io.ts';
import { markedRows } from '../print/index.ts';
import { type ApiLease, findLease, ownReasonRows } from './api-lease.ts';
import { changedLease } from './changed-lease.ts';

export interface StepOptions {
	readonly lease: string;
	readonly dryRun?: boolean;
	/** Only for `deny`. */
	readonly reason?: string;
}

/** What a person can do with a lease, each with the words that report it as done. */
export const STEPS = {
	deny: 'Denied',
	cancel: 'Took back the request for',
	activate: 'Activated',
	release: 'Gave back',
	revoke: 'Revoked',
} as const;

/** Milliseconds between two polls for the broker's decision, and the longest wait for it. */
const POLL_EVERY = 1_000;
const LONGEST_WAIT = 30_000;

export async function step(
	config: Config,
	{ lease: leaseId, dryRun: isDry, reason: given }: StepOptions,
	verb: keyof typeof STEPS,
): Promise<CommandResult> {
	const reason = checkDecisionReason(given);
	const ask = operationCaller(config);
	if (isDry) return resultOfDryRun(await findLease(ask, leaseId), verb, reason);
	const variables = reason === null ? { leaseId } : { leaseId, reason };
	const lease = changedLease(await ask(`${verb}-break-glass`, variables), verb, leaseId);
	if (verb === 'activate') return resultOfActivation(await waitForBroker(() => findLease(ask, leaseId), lease));
	return { result: { lease }, text: `${STEPS[verb]} the lease ${lease.id} of ${lease.firm.slug}.` };
}

function resultOfDryRun({ id, state, firm }: ApiLease, verb: string, reason: string | null): CommandResult {
	const would = `Would ${verb} the lease ${id} of ${firm.slug}, which is ${state}.`;
	if (reason === null) return { result: { dryRun: true, id, state }, text: would };
	return { result: { dryRun: true, id, state, reason }, text: `${markedRows(ownReasonRows(reason))}\n\n${would}` };
}

async function waitForBroker(poll: () => Promise<ApiLease>, first: ApiLease): Promise<ApiLease> {
	const { clock } = currentIo();
	const end = clock.now() + LONGEST_WAIT;
	let lease = first;
	while (lease.state === 'ACTIVATING' && clock.now() < end) {
		await clock.sleep(POLL_EVERY);
		lease = await poll();
	}
	return lease;
}

function resultOfActivation(lease: ApiLease): CommandResult {
	const { id, firm, state, expiresAt } = lease;
	const result = { lease };
	if (state === 'ACTIVE')
		return { result, text: `Activated the lease ${id} of ${firm.slug}: it ends on ${expiresAt} at the latest.` };
	const problem =
		state === 'ACTIVATING'
			? 'The lease is still ACTIVATING: check that a broker runs, then look again with `firmseal lease show`.'
			: `The lease is ${state}: the broker found that an approval or a right is missing, or someone ended the lease.`;
	return { result, text: problem, problem };
}
