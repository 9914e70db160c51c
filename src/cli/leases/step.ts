import type { Config } from '../../config/index.ts';
import { operationCaller } from '../call/index.ts';
import type { CommandResult } from '../command.ts';
import { currentIo } from '../io.ts';
import { type ApiLease, findLease } from './api-lease.ts';
import { changedLease } from './changed-lease.ts';

export interface StepOptions {
	readonly lease: string;
	readonly dryRun?: boolean;
}

/** What a person does with one lease, and how it is said once it is done. */
export const STEPS = {
	deny: 'Denied',
	cancel: 'Took back the request for',
	activate: 'Activated',
	release: 'Gave back',
	revoke: 'Revoked',
} as const;

/** How often it is looked whether the broker has decided, and for how long, in milliseconds. */
const LOOK_EVERY = 1_000;
const LONGEST = 30_000;

export async function step(
	config: Config,
	{ lease: leaseId, dryRun: isDry }: StepOptions,
	verb: keyof typeof STEPS,
): Promise<CommandResult> {
	const ask = operationCaller(config);
	if (isDry) {
		const { id, state, firm } = await findLease(ask, leaseId);
		return {
			result: { dryRun: true, id, state },
			text: `Would ${verb} the lease ${id} of ${firm.slug}, which is ${state}.`,
		};
	}
	const lease = changedLease(await ask(`${verb}-break-glass`, { leaseId }), verb, leaseId);
	if (verb === 'activate') return activated(await decided(() => findLease(ask, leaseId), lease));
	return { result: { lease }, text: `${STEPS[verb]} the lease ${lease.id} of ${lease.firm.slug}.` };
}

/** Waits for the broker. */
async function decided(look: () => Promise<ApiLease>, first: ApiLease): Promise<ApiLease> {
	const { clock } = currentIo();
	const until = clock.now() + LONGEST;
	let lease = first;
	while (lease.state === 'ACTIVATING' && clock.now() < until) {
		await clock.sleep(LOOK_EVERY);
		lease = await look();
	}
	return lease;
}

function activated(lease: ApiLease): CommandResult {
	const { id, firm, state, expiresAt } = lease;
	const result = { lease };
	if (state === 'ACTIVE')
		return { result, text: `Activated the lease ${id} of ${firm.slug}: it ends on ${expiresAt} at the latest.` };
	const problem =
		state === 'ACTIVATING'
			? 'The lease is still ACTIVATING: see that a broker runs, and look again with `firmseal lease show`.'
			: `The lease is ${state}: the broker found an agreement or a right missing, or it was ended.`;
	return { result, text: problem, problem };
}
