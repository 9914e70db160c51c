import type { FirmPrincipal, Operation, OperatorPrincipal, Principal } from '../../access/index.ts';
import { FILE_FIELDS } from '../../content/index.ts';
import { type LeaseRow, selectFirmsByIds } from '../../database/index.ts';
import { accessOf } from '../../encryption-directive/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type Desk, WORKSPACE } from '../../firms/index.ts';
import {
	activateLease,
	approveLease,
	type ContentType,
	cancelLease,
	denyLease,
	type LeaseDesk,
	releaseLease,
	requestLease,
	reviewLease,
	revokeLease,
	setFirmAccessPolicy,
} from '../../leases/index.ts';
import { noteDenial, type RequestContext, requireReach } from '../context.ts';
import type { MutationResolvers } from '../schema-types.generated.ts';
import { findLease } from './leases.ts';

type LeaseMutation = Extract<keyof MutationResolvers, `${string}BreakGlass` | 'setFirmAccessPolicy'>;

export const leaseMutations: Required<Pick<MutationResolvers, LeaseMutation>> = {
	requestBreakGlass: (_parent, { input }, context) =>
		decide(context, 'requestBreakGlass', { firm: input.firmId }, (desk, by) =>
			requestLease(desk, contentOf(context), operator(by), input),
		),
	approveBreakGlass: (_parent, args, context) =>
		decide(context, 'approveBreakGlass', { lease: args.leaseId }, (desk, by) =>
			approveLease(desk, by, context.authTime, args),
		),
	denyBreakGlass: (_parent, { leaseId }, context) =>
		decide(context, 'denyBreakGlass', { lease: leaseId }, (desk, by) => denyLease(desk, by, leaseId)),
	cancelBreakGlass: (_parent, { leaseId }, context) =>
		decide(context, 'cancelBreakGlass', { lease: leaseId }, (desk, by) => cancelLease(desk, operator(by), leaseId)),
	activateBreakGlass: (_parent, { leaseId }, context) =>
		decide(context, 'activateBreakGlass', { lease: leaseId }, (desk, by) => activateLease(desk, operator(by), leaseId)),
	releaseBreakGlass: (_parent, { leaseId }, context) =>
		decide(context, 'releaseBreakGlass', { lease: leaseId }, (desk, by) => releaseLease(desk, operator(by), leaseId)),
	revokeBreakGlass: (_parent, { leaseId }, context) =>
		decide(context, 'revokeBreakGlass', { lease: leaseId }, (desk, by) => revokeLease(desk, by, leaseId), context.exit),
	reviewBreakGlass: (_parent, { leaseId }, context) =>
		decide(context, 'reviewBreakGlass', { lease: leaseId }, (desk, by) =>
			reviewLease(desk, by, context.authTime, leaseId),
		),
	async setFirmAccessPolicy(_parent, { input }, context) {
		requireReach(context, 'Mutation', 'setFirmAccessPolicy');
		const by = ownersOnly(context.principal);
		await recordingRefusal(context, 'setFirmAccessPolicy', { firm: by.firm }, () =>
			setFirmAccessPolicy(leaseDeskOf(context, context.exit), by, context.authTime, input),
		);
		const [firm] = await context.exit.plane.read(by.firm, (tx) => selectFirmsByIds(tx, [by.firm]));
		if (!firm) throw new Error('The firm of one of its owners is not to be seen.');
		return { firm };
	},
};

/** What the operation is about, for the record of its refusal. */
type About = { readonly firm: string; readonly lease?: undefined } | { readonly lease: string };

/** A use case on a lease as the caller. */
async function decide(
	context: RequestContext,
	operation: Operation,
	about: About,
	work: (desk: LeaseDesk, by: Principal) => Promise<LeaseRow>,
	desk: Desk = context.desk,
): Promise<{ readonly lease: LeaseRow }> {
	requireReach(context, 'Mutation', operation);
	const by = context.principal;
	return { lease: await recordingRefusal(context, operation, about, () => work(leaseDeskOf(context, desk), by)) };
}

/** What a use case refuses to this person is on record, as a refused operation is. */
async function recordingRefusal<T>(
	context: RequestContext,
	operation: Operation,
	about: About,
	work: () => Promise<T>,
): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof FirmsealError && error.code === 'FORBIDDEN') await noteRefusal(context, operation, about);
		throw error;
	} finally {
		// What an earlier operation of the document has read may be another thing now.
		context.loaders.forget();
	}
}

async function noteRefusal(context: RequestContext, operation: Operation, about: About): Promise<void> {
	const lease = about.lease ?? null;
	const firm = lease === null ? (about as { firm: string }).firm : ((await findLease(context, lease))?.firmId ?? null);
	noteDenial(context, `Mutation.${operation}`, { firm, lease });
}

function leaseDeskOf(context: RequestContext, desk: Desk): LeaseDesk {
	const { plane, rights, content, clock, onUnproven = () => {} } = desk;
	return { plane, rights, clock, record: (act) => content.record(accessOf(context), act), onUnproven };
}

/** Every type with content: what a lease can name. */
const contentOf = ({ desk }: RequestContext): ContentType[] =>
	Object.entries(WORKSPACE).flatMap(([type, { table }]) => {
		const fields = Object.values(desk.fieldsOf(type));
		const [first] = fields;
		if (!first) return [];
		const files = Object.values(FILE_FIELDS).filter(({ coordinate }) => coordinate.startsWith(`${type}.`));
		return [{ class: first.class, coordinates: [...fields, ...files].map(({ coordinate }) => coordinate), table }];
	});

/** The rights have said so already; this tells the compiler, and whoever changes them. */
function operator(by: Principal): OperatorPrincipal {
	if (by.kind === 'operator') return by;
	throw new FirmsealError('FORBIDDEN', 'Only who operates the platform may do this.');
}

function ownersOnly(by: Principal): FirmPrincipal {
	if (by.kind === 'firm' && by.role === 'OWNER') return by;
	throw new FirmsealError('FORBIDDEN', 'Only an owner of a firm may do this.');
}
