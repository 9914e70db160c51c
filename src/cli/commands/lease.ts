import { type Command, Option } from 'commander';
import { LEASE_STATES } from '../../access/index.ts';
import type { Config } from '../../config.ts';
import { FirmsealError } from '../../errors.ts';
import { askApi } from '../ask-api.ts';
import { type Answer, act, dryRun, table } from '../command.ts';
import { firmIdOf, pages } from '../lists-of-api.ts';

/** What the commands show of a lease; `--json` has all that the API answers. */
interface Lease {
	readonly id: string;
	readonly state: string;
	readonly firm: { readonly slug: string };
	readonly purpose: string;
	readonly ticket: string | null;
	readonly classes: readonly string[];
	readonly requestedAt: string;
	readonly expiresAt: string | null;
	readonly used: number;
	readonly isReviewed: boolean;
}

interface OneLease {
	readonly lease: string;
	readonly dryRun?: boolean;
}

/** `firmseal lease`: what FIRMSEAL_TOKEN's person may do with leases, through the API. There is no `approve`: it needs the person. */
export function lease(program: Command): void {
	const group = program
		.command('lease')
		.description('break-glass leases, as the person of FIRMSEAL_TOKEN, by FIRMSEAL_URL');

	act<{ firm?: string; state?: string }>(
		group
			.command('list')
			.description('list leases, newest first')
			.option('--firm <slug-or-id>', 'only this firm')
			.addOption(new Option('--state <state>', 'only those in this state').choices(LEASE_STATES)),
		({ config, options }) => list(config, options),
	);
	act<OneLease>(
		dryRun(group.command('revoke'))
			.description('take a lease away: when this is done, nothing more is opened under it')
			.requiredOption('--lease <id>', 'which lease'),
		({ config, options }) => change(config, options, 'revoke', 'Revoked'),
	);
	act<OneLease>(
		dryRun(group.command('review'))
			.description('sign off a lease that has ended, as a third person')
			.requiredOption('--lease <id>', 'which lease'),
		({ config, options }) => change(config, options, 'review', 'Reviewed'),
	);
}

async function list(config: Config, options: { readonly firm?: string; readonly state?: string }): Promise<Answer> {
	const ask = askApi(config);
	const firmId = options.firm === undefined ? null : await firmIdOf(ask, options.firm);
	const leases: Lease[] = [];
	const filter = options.state === undefined ? null : { state: options.state };
	const variables = { firmId, orderBy: 'REQUESTED_AT_DESC', filter };
	for await (const page of pages<Lease>(ask, 'break-glass-leases', 'breakGlassLeases', variables)) leases.push(...page);
	const rows = leases.map((each) => [
		each.id,
		each.firm.slug,
		each.state,
		each.purpose,
		each.ticket,
		each.classes.join(','),
		each.requestedAt,
		each.expiresAt,
		each.used,
		each.isReviewed ? 'yes' : 'no',
	]);
	const head = ['lease', 'firm', 'state', 'purpose', 'ticket', 'classes', 'requested', 'expires', 'read', 'reviewed'];
	return { result: { leases }, text: table(head, rows) };
}

async function change(
	config: Config,
	{ lease: leaseId, dryRun: isDry }: OneLease,
	verb: 'revoke' | 'review',
	done: string,
): Promise<Answer> {
	const ask = askApi(config);
	if (isDry) {
		const { breakGlassLease } = await ask('break-glass-lease', { id: leaseId });
		if (!breakGlassLease)
			throw new FirmsealError('NOT_FOUND', 'There is no such lease: `firmseal lease list` names them.');
		const { id, state, firm } = breakGlassLease as Lease;
		return {
			result: { dryRun: true, id, state },
			text: `Would ${verb} the lease ${id} of ${firm.slug}, which is ${state}.`,
		};
	}
	const data = await ask(`${verb}-break-glass`, { leaseId });
	const { lease: changed } = data[`${verb}BreakGlass`] as { readonly lease: Lease };
	return { result: { lease: changed }, text: `${done} the lease ${changed.id} of ${changed.firm.slug}.` };
}
