/** The operations of the API by which owners propose and agree. */
const PROPOSAL = 'id person kind body agreement';

export const OWNER_PROPOSALS = `query OwnerProposals { ownerProposals { ${PROPOSAL} } }`;

export const PROPOSE = `mutation ProposeToOwners($input: ProposeToOwnersInput!) {
	proposeToOwners(input: $input) { proposal { ${PROPOSAL} } }
}`;

export const AGREE = `mutation AgreeToProposal($input: AgreeToProposalInput!) {
	agreeToProposal(input: $input) { proposal { ${PROPOSAL} } }
}`;

export const END_PROPOSAL = `mutation EndProposal($input: EndProposalInput!) {
	endProposal(input: $input) { proposal { ${PROPOSAL} } }
}`;
