import { visibilityOf } from '../../access/index.ts';
import { authorizeOperation, type RequestContext } from '../context.ts';
import type { Resolvers } from '../schema-types.generated.ts';
import { findInWorkspace } from '../workspace/index.ts';
import { alertMutations, alertQueries, alertResolvers, findAlert } from './alerts.ts';
import { auditQueries, auditResolvers, findAuditEntry } from './audit.ts';
import { deviceRequestMutations, deviceRequestQueries, deviceRequestResolvers } from './device-requests.ts';
import { createDocumentPayload, createDocumentVersionPayload, documentMutations } from './documents.ts';
import { firmQueries } from './firms.ts';
import { jobMutations, jobQueries, jobResolvers } from './jobs.ts';
import { custodyResolver, keyLogMutations, keyLogQueries, keyLogResolvers } from './key-log.ts';
import { keyMutations, keyQueries } from './keys.ts';
import { leaseMutations } from './lease-mutations.ts';
import { leaseOpeningResolvers } from './lease-report.ts';
import {
	accessPolicyResolver,
	findLease,
	leaseApprovalResolvers,
	leaseDenialResolvers,
	leaseEventResolvers,
	leaseQueries,
	leaseResolvers,
} from './leases.ts';
import {
	clientResolvers,
	firmResolvers,
	invitationResolvers,
	memberMutations,
	ownerRecoveryResolvers,
} from './members.ts';
import { findNotice, noticeQueries, noticeResolvers } from './notices.ts';
import { ownerProposalMutations, ownerProposalQueries } from './owner-proposals.ts';
import { checkpointResolvers, consistencyResolvers, inclusionResolvers, proofQueries } from './proofs.ts';
import { resealingMutations, resealingQueries } from './resealing.ts';
import { scalarResolvers } from './scalars.ts';
import { findUser, userMutations, userResolvers } from './user.ts';

/** Finds an object outside the workspace by its id, trying the types in this order. */
const FINDERS: Readonly<Record<'Firm' | 'User' | 'AuditEntry' | 'Notice' | 'Alert' | 'BreakGlassLease', Finder>> = {
	Firm: ({ loaders }, id) => loaders.firms.load(id),
	User: findUser,
	AuditEntry: findAuditEntry,
	Notice: findNotice,
	Alert: findAlert,
	BreakGlassLease: findLease,
};
type Finder = (context: RequestContext, id: string) => Promise<object | null>;
/** The written resolvers: everything but the workspace, whose resolvers are derived from the schema. */
export const resolvers: Resolvers = {
	...scalarResolvers,
	Query: {
		...firmQueries,
		...auditQueries,
		...proofQueries,
		...noticeQueries,
		...alertQueries,
		...leaseQueries,
		...keyQueries,
		...keyLogQueries,
		...deviceRequestQueries,
		...ownerProposalQueries,
		...resealingQueries,
		...jobQueries,
		async viewer(_parent, _args, context) {
			authorizeOperation(context, 'Query', 'viewer');
			const user = await context.loaders.users.load(context.principal.user);
			if (!user) throw new Error('The account of an identified principal is not visible to its plane.');
			return user;
		},
		async node(_parent, { id }, context, info) {
			authorizeOperation(context, 'Query', 'node');
			const row = await findInWorkspace(context, id, info);
			if (row) return row as never;
			for (const [type, find] of Object.entries(FINDERS)) {
				const node = visibilityOf(context.principal, type as keyof typeof FINDERS) && (await find(context, id));
				if (node) return { ...node, __typename: type } as never;
			}
			return null;
		},
	},
	Mutation: {
		...memberMutations,
		...leaseMutations,
		...keyMutations,
		...keyLogMutations,
		...deviceRequestMutations,
		...ownerProposalMutations,
		...resealingMutations,
		...jobMutations,
		...alertMutations,
		...documentMutations,
		...userMutations,
	},
	CreateDocumentPayload: createDocumentPayload,
	CreateDocumentVersionPayload: createDocumentVersionPayload,
	Firm: { ...firmResolvers, ...accessPolicyResolver, ...custodyResolver },
	KeyLog: keyLogResolvers,
	DeviceRequest: deviceRequestResolvers,
	Client: clientResolvers,
	User: userResolvers,
	Notice: noticeResolvers,
	Alert: alertResolvers,
	Invitation: invitationResolvers,
	OwnerRecovery: ownerRecoveryResolvers,
	AuditEntry: auditResolvers,
	AuditCheckpoint: checkpointResolvers,
	AuditInclusionProof: inclusionResolvers,
	AuditConsistencyProof: consistencyResolvers,
	BreakGlassLease: leaseResolvers,
	FirmJob: jobResolvers,
	LeaseApproval: leaseApprovalResolvers,
	LeaseDenial: leaseDenialResolvers,
	LeaseEvent: leaseEventResolvers,
	LeaseOpening: leaseOpeningResolvers,
};
export type { AuditEntryNode } from './audit.ts';
export type { KeyLogNode } from './key-log.ts';
export type { LeaseOpeningNode } from './lease-report.ts';
