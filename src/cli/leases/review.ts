import { hash } from 'node:crypto';
import type { Config } from '../../config.ts';
import { FirmsealError } from '../../errors.ts';
import { agreeTo, requireHashOrPerson } from '../agreed-hash.ts';
import { askApi } from '../ask-api.ts';
import type { Answer } from '../command.ts';
import type { ApproveOptions } from './approve.ts';
import { findLease, type SeenLease } from './seen-lease.ts';
import { linesToEnd, NOT_FOR_YOU, openingsOf, tableOf } from './show.ts';

/** Shows all of a lease that has ended, with the report of what was opened, and signs off exactly that once its hash was named. */
export async function reviewLease(config: Config, { lease: id, ...options }: ApproveOptions): Promise<Answer> {
	requireHashOrPerson(options);
	const ask = askApi(config);
	const lease = await findLease(ask, id);
	const openings = await openingsOf(ask, id);
	if (openings === null) throw new FirmsealError('FORBIDDEN', NOT_FOR_YOU);
	// Of the report too: who approved the request has named its own hash.
	const report = [lease.requestHash, lease.state, lease.endedAt, lease.used, openings];
	const requestHash = hash('sha256', JSON.stringify(report), 'hex');
	const lines = `${linesToEnd(lease, [['report hash', requestHash]])}\n\n${tableOf(openings)}`;
	return agreeTo({ lines, requestHash, result: { lease, openings } }, options, async () => {
		const data = await ask('review-break-glass', { leaseId: id });
		const { lease: changed } = data.reviewBreakGlass as { readonly lease: SeenLease };
		return { result: { lease: changed }, text: `Reviewed the lease ${id} of ${changed.firm.slug}.` };
	});
}
