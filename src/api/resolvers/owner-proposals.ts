import { selectOwnerProposals } from '../../database/index.ts';
import { agreeToProposal, endProposal, proposeToOwners } from '../../firms/index.ts';
import { authorizeMember, authorizeOperation } from '../context.ts';
import type { MutationResolvers, QueryResolvers } from '../schema-types.generated.ts';
import { ownFirmOf, recordingDenial } from './key-log.ts';

const MAX_PROPOSALS = 100;

export const ownerProposalQueries: Required<Pick<QueryResolvers, 'ownerProposals'>> = {
	ownerProposals(_parent, _args, context) {
		authorizeOperation(context, 'Query', 'ownerProposals');
		const firm = ownFirmOf(context);
		return context.services.plane.read(firm, (tx) => selectOwnerProposals(tx, firm, MAX_PROPOSALS));
	},
};

type ProposalMutation = 'proposeToOwners' | 'agreeToProposal' | 'endProposal';

export const ownerProposalMutations: Required<Pick<MutationResolvers, ProposalMutation>> = {
	async proposeToOwners(_parent, { input }, context) {
		const acting = authorizeMember(context, 'proposeToOwners');
		return { proposal: await proposeToOwners(context.services, acting, input) };
	},
	async agreeToProposal(_parent, { input }, context) {
		const acting = authorizeMember(context, 'agreeToProposal');
		const proposal = await recordingDenial(context, 'agreeToProposal', () =>
			agreeToProposal(context.services, acting, input),
		);
		return { proposal };
	},
	async endProposal(_parent, { input }, context) {
		const acting = authorizeMember(context, 'endProposal');
		return { proposal: await endProposal(context.services, acting, input.id) };
	},
};
