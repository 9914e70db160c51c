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
	denyBreakGlass: (_parent, args, context) =>
		runLeaseMutation(context, 'denyBreakGlass', { lease: args.leaseId }, (services, by) =>
			denyLease(services, by, args),
		),
	cancelBreakGlass: onLease('cancelBreakGlass', (services, by, id) => cancelLease(services, requireOperator(by), id)),
	activateBreakGlass: onLease('activateBreakGlass', (services, by, id) =>
		activateLease(services, requireOperator(by), id),
	),
	releaseBreakGlass: onLease('releaseBreakGlass', (services, by, id) =>
		releaseLease(services, requireOperator(by), id),
	),
	revokeBreakGlass: onLease('revokeBreakGlass', revokeLease, 'revocationServices'),
	reviewBreakGlass: onLease('reviewBreakGlass', (services, by, id, { authTime }) =>
		reviewLease(services, by, authTime, id),
	),
	async setFirmAccessPolicy(_parent, { input }, context) {
		authorizeOperation(context, 'Mutation', 'setFirmAccessPolicy');
		const by = requireOwner(context.principal);
		await withRecordedRefusal(context, 'setFirmAccessPolicy', { firm: by.firm }, () =>
			setFirmAccessPolicy(leaseServicesOf(context, context.revocationServices), by, context.authTime, input),
		);
		const [firm] = await context.revocationServices.plane.read(by.firm, (tx) => selectFirmsByIds(tx, [by.firm]));
		if (!firm) throw new Error('An owner does not see their own firm.');
		return { firm };
	},
};

/** The resolver of a mutation whose only argument is a lease. */
function onLease(
	operation: Operation,
	work: (services: LeaseServices, by: Principal, leaseId: string, context: RequestContext) => Promise<LeaseRow>,
	services: 'services' | 'revocationServices' = 'services',
) {
	return (_parent: unknown, { leaseId }: { readonly leaseId: string }, context: RequestContext) =>
		runLeaseMutation(
			context,
			operation,
			{ lease: leaseId },
			(shared, by) => work(shared, by, leaseId, context),
			context[services],
		);
}

/** The subject of the operation, for the record of its refusal. */
type LeaseMutationTarget = { readonly firm: string; readonly lease?: undefined } | { readonly lease: string };

/** Runs an operation on a lease as the caller. */
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

/** Records if the operation refuses this person, like a refused role. */
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
		// Rows loaded by an earlier operation of the document may have changed.
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

/** Every type with content, since a lease can name it. */
const encryptedTypesOf = ({ services }: RequestContext): EncryptedType[] =>
	Object.entries(WORKSPACE).flatMap(([type, { table }]) => {
		const fields = Object.values(services.fieldsOf(type));
		const [first] = fields;
		if (!first) return [];
		const files = Object.values(FILE_FIELDS).filter(({ coordinate }) => coordinate.startsWith(`${type}.`));
		return [{ class: first.class, coordinates: [...fields, ...files].map(({ coordinate }) => coordinate), table }];
	});

/** authorizeOperation has checked this. The function narrows the type, and catches a later change of the rights. */
function requireOperator(by: Principal): OperatorPrincipal {
	if (by.kind === 'operator') return by;
	throw new FirmsealError('FORBIDDEN', 'Only a person who operates the platform may do this.');
}

function requireOwner(by: Principal): FirmPrincipal {
	if (by.kind === 'firm' && by.role === 'OWNER') return by;
	throw new FirmsealError('FORBIDDEN', 'Only an owner of a firm may do this.');
}
