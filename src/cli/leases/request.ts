import type { ContentClass, LeasePurpose } from '../../access/index.ts';
import type { Config } from '../../config/index.ts';
import { checkLeaseRequest } from '../../leases/request-input.ts';
import { firmIdOf, operationCaller } from '../call/index.ts';
import type { CommandResult } from '../command.ts';
import { markedRows } from '../print/index.ts';
import { HASH_MISMATCH, hasMatchingHash, requestRows } from './api-lease.ts';
import { changedLease } from './changed-lease.ts';

export interface RequestOptions {
	readonly firm: string;
	readonly purpose: LeasePurpose;
	readonly reason: string;
	readonly ticket: string;
	readonly class: readonly ContentClass[];
	readonly coordinate?: readonly string[];
	readonly record?: readonly string[];
	readonly budget?: number;
	readonly minutes?: number;
	readonly dryRun?: boolean;
}

/** Asks for a lease. Checks the request by the API's own rules before sending it. */
export async function requestLease(config: Config, options: RequestOptions): Promise<CommandResult> {
	const ask = operationCaller(config);
	const request = {
		purpose: options.purpose,
		reason: options.reason,
		ticket: options.ticket,
		classes: options.class,
		coordinates: options.coordinate ?? null,
		recordIds: options.record ?? null,
		readBudget: options.budget ?? null,
		minutes: options.minutes ?? null,
	};
	checkLeaseRequest({ ...request, firmId: options.firm }, null);
	const input = { firmId: await firmIdOf(ask, options.firm), ...request };
	if (options.dryRun)
		return {
			result: { dryRun: true, input },
			text: `Would ask for a lease on ${input.classes.join(', ')} of the firm ${input.firmId}. Not checked: whether the firm accepts requests, and whether all fields and records belong to the firm and to these classes.`,
		};
	const lease = changedLease(await ask('request-break-glass', { input }), 'request', null);
	const problem = hasMatchingHash(lease) ? undefined : HASH_MISMATCH;
	const text = `${markedRows(requestRows(lease))}\n\nThose who agree run: firmseal lease approve --lease ${lease.id}\nThen you run: firmseal lease activate --lease ${lease.id}`;
	return { result: { lease }, text, problem };
}
