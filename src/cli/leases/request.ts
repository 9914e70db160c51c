import type { Config } from '../../config.ts';
import { askApi } from '../ask-api.ts';
import type { Answer } from '../command.ts';
import { firmIdOf } from '../lists-of-api.ts';
import { isOfItsHash, requestLines, type SeenLease } from './seen-lease.ts';

export interface RequestOptions {
	readonly firm: string;
	readonly purpose: string;
	readonly reason: string;
	readonly ticket: string;
	readonly class: readonly string[];
	readonly coordinate?: readonly string[];
	readonly record?: readonly string[];
	readonly budget?: number;
	readonly minutes?: number;
	readonly dryRun?: boolean;
}

/** Asks for a lease. The API says what is wrong with a request, since it decides. */
export async function requestLease(config: Config, options: RequestOptions): Promise<Answer> {
	const ask = askApi(config);
	const input = {
		firmId: await firmIdOf(ask, options.firm),
		purpose: options.purpose,
		reason: options.reason,
		ticket: options.ticket,
		classes: options.class,
		coordinates: options.coordinate ?? null,
		recordIds: options.record ?? null,
		readBudget: options.budget ?? null,
		minutes: options.minutes ?? null,
	};
	if (options.dryRun)
		return {
			result: { dryRun: true, input },
			text: `Would ask for a lease on ${input.classes.join(', ')} of the firm ${input.firmId}.`,
		};
	const data = await ask('request-break-glass', { input });
	const { lease } = data.requestBreakGlass as { readonly lease: SeenLease };
	const problem = isOfItsHash(lease) ? undefined : NOT_OF_ITS_HASH;
	const text = `${requestLines(lease)}\n\nWho agrees runs: firmseal lease approve --lease ${lease.id}\nThen you run: firmseal lease activate --lease ${lease.id}`;
	return { result: { lease }, text, problem };
}

export const NOT_OF_ITS_HASH =
	'The request hash is not of the request that the API shows: agree to nothing, and tell who looks after the security of the platform.';
