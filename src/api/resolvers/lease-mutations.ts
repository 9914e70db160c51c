import type { FirmPrincipal, Operation, OperatorPrincipal, Principal } from '../../access/index.ts';
import { FILE_FIELDS } from '../../content/index.ts';
import { type LeaseRow, selectFirmsByIds } from '../../database/index.ts';
import { contentSessionOf } from '../../encryption-directive/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type RequestServices, WORKSPACE } from '../../firms/index.ts';
import {
	activateLease,
	approveLease,
	cancelLease,
	denyLease,
	type EncryptedType,
	type LeaseServices,
	releaseLease,
	requestLease,
	reviewLease,
	revokeLease,
	setFirmAccessPolicy,
} from '../../leases/index.ts';
import { authorizeOperation, noteDenial, type RequestContext } from '../context.ts';
import type { MutationResolvers } from '../schema-types.generated.ts';
import { findLease } from './leases.ts';

type LeaseMutation = Extract<keyof MutationResolvers, `${string}BreakGlass` | 'setFirmAccessPolicy'>;

export const leaseMutations: Required<Pick<MutationResolvers, LeaseMutation>> = {
	requestBreakGlass: (_parent, { input }, context) =>
		runLeaseMutation(context, 'requestBreakGlass', { firm: input.firmId }, (services, by) =>
			requestLease(services, encryptedTypesOf(context), requireOperator(by), input),
		),
	approveBreakGlass: (_parent, args, context) =>
		runLeaseMutation(context, 'approveBreakGlass', { lease: args.leaseId }, (services, by) =>
			approveLease(services, by, context.authTime, args),
		),
	denyBreakGlass: (_parent, { leaseId }, context) =>
		runLeaseMutation(context, 'denyBreakGlass', { lease: leaseId }, (services, by) => denyLease(services, by, leaseId)),
	cancelBreakGlass: (_parent, { leaseId }, context) =>
		runLeaseMutation(context, 'cancelBreakGlass', { lease: leaseId }, (services, by) =>
			cancelLease(services, requireOperator(by), leaseId),
		),
	activateBreakGlass: (_parent, { leaseId }, context) =>
		runLeaseMutation(context, 'activateBreakGlass', { lease: leaseId }, (services, by) =>
			activateLease(services, requireOperator(by), leaseId),
		),
	releaseBreakGlass: (_parent, { leaseId }, context) =>
		runLeaseMutation(context, 'releaseBreakGlass', { lease: leaseId }, (services, by) =>
			releaseLease(services, requireOperator(by), leaseId),
		),
	revokeBreakGlass: (_parent, { leaseId }, context) =>
		runLeaseMutation(
			context,
			'revokeBreakGlass',
			{ lease: leaseId },
			(services, by) => revokeLease(services, by, leaseId),
			context.revocationServices,
		),
	reviewBreakGlass: (_parent, { leaseId }, context) =>
		runLeaseMutation(context, 'reviewBreakGlass', { lease: leaseId }, (services, by) =>
			reviewLease(services, by, context.authTime, leaseId),
		),
	async setFirmAccessPolicy(_parent, { input }, context) {
		authorizeOperation(context, 'Mutation', 'setFirmAccessPolicy');
		const by = requireOwner(context.principal);
		await withRecordedRefusal(context, 'setFirmAccessPolicy', { firm: by.firm }, () =>
			setFirmAccessPolicy(leaseServicesOf(context, context.revocationServices), by, context.authTime, input),
		);
		const [firm] = await context.revocationServices.plane.read(by.firm, (tx) => selectFirmsByIds(tx, [by.firm]));
		if (!firm) throw new Error('The firm of one of its owners is not to be seen.');
		return { firm };
	},
};

/** What the operation is about, for the record of its refusal. */
type LeaseMutationTarget = { readonly firm: string; readonly lease?: undefined } | { readonly lease: string };

/** A use case on a lease as the caller. */
async function runLeaseMutation(
	context: RequestContext,
	operation: Operation,
	about: LeaseMutationTarget,
	work: (services: LeaseServices, by: Principal) => Promise<LeaseRow>,
	services: RequestServices = context.services,
): Promise<{ readonly lease: LeaseRow }> {
	authorizeOperation(context, 'Mutation', operation);
	const by = context.principal;
	return {
		lease: await withRecordedRefusal(context, operation, about, () => work(leaseServicesOf(context, services), by)),
	};
}

/** What a use case refuses to this person is on record, as a refused operation is. */
async function withRecordedRefusal<T>(
	context: RequestContext,
	operation: Operation,
	about: LeaseMutationTarget,
	work: () => Promise<T>,
): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof FirmsealError && error.code === 'FORBIDDEN') await noteLeaseDenial(context, operation, about);
		throw error;
	} finally {
		// What an earlier operation of the document has read may be another thing now.
		context.loaders.clear();
	}
}

async function noteLeaseDenial(
	context: RequestContext,
	operation: Operation,
	about: LeaseMutationTarget,
): Promise<void> {
	const lease = about.lease ?? null;
	const firm = lease === null ? (about as { firm: string }).firm : ((await findLease(context, lease))?.firmId ?? null);
	noteDenial(contentSessionOf(context), `Mutation.${operation}`, { firm, lease });
}

function leaseServicesOf(context: RequestContext, services: RequestServices): LeaseServices {
	const { plane, rights, content, clock, onUnproven = () => {} } = services;
	return { plane, rights, clock, record: (act) => content.record(contentSessionOf(context), act), onUnproven };
}

/** Every type with content: what a lease can name. */
const encryptedTypesOf = ({ services }: RequestContext): EncryptedType[] =>
	Object.entries(WORKSPACE).flatMap(([type, { table }]) => {
		const fields = Object.values(services.fieldsOf(type));
		const [first] = fields;
		if (!first) return [];
		const files = Object.values(FILE_FIELDS).filter(({ coordinate }) => coordinate.startsWith(`${type}.`));
		return [{ class: first.class, coordinates: [...fields, ...files].map(({ coordinate }) => coordinate), table }];
	});

/** The rights have said so already; this says it to the compiler, and to a reader who changes them. */
function requireOperator(by: Principal): OperatorPrincipal {
	if (by.kind === 'operator') return by;
	throw new FirmsealError('FORBIDDEN', 'Only who operates the platform may do this.');
}

function requireOwner(by: Principal): FirmPrincipal {
	if (by.kind === 'firm' && by.role === 'OWNER') return by;
	throw new FirmsealError('FORBIDDEN', 'Only an owner of a firm may do this.');
}
