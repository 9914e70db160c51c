/** The operations of the API that a connection uses. */
export const KEY_LOG = `query KeyLog($after: Int, $first: Int) {
	keyLog(after: $after, first: $first) {
		installation size entries names { person salt name } checkpoint { size note } newestVersions { class version }
	}
}`;

export const KEY_WRAPS = `query KeyWraps($class: String!, $recipient: String!) {
	keyWraps(class: $class, recipient: $recipient)
}`;

const OF_REQUEST = 'id person commitment challenge genesis head reveal statement releasedBy share state';
const REQUEST = `request { ${OF_REQUEST} }`;

export const DEVICE_REQUESTS = `query DeviceRequests {
	deviceRequests { ${OF_REQUEST} }
}`;

export const APPEND = `mutation AppendKeyLog($input: AppendKeyLogInput!) {
	appendKeyLog(input: $input) { keyLog { size } }
}`;

export const ADD_WRAPS = `mutation AddKeyWraps($input: AddKeyWrapsInput!) { addKeyWraps(input: $input) { count } }`;

export const REQUEST_DEVICE = `mutation RequestDevice($input: RequestDeviceInput!) {
	requestDevice(input: $input) { ${REQUEST} }
}`;

export const CHALLENGE_DEVICE = `mutation ChallengeDevice($input: ChallengeDeviceInput!) {
	challengeDevice(input: $input) { ${REQUEST} }
}`;

export const REVEAL_DEVICE = `mutation RevealDevice($input: RevealDeviceInput!) {
	revealDevice(input: $input) { ${REQUEST} }
}`;

export const END_DEVICE = `mutation EndDevice($input: EndDeviceInput!) { endDevice(input: $input) { ${REQUEST} } }`;

export const RELEASE_SHARE = `mutation ReleaseShare($input: ReleaseShareInput!) {
	releaseShare(input: $input) { ${REQUEST} }
}`;

export const RECOVERY_SHARES = `query RecoveryShares($recipient: String!) {
	recoveryShares(recipient: $recipient) { person device recipient share }
}`;

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

export const RESEALING = `query Resealing { resealing { class count } }`;

/** `selection`: what is asked of each type of the class. */
export const toReseal = (
	selection: string,
): string => `query RecordsToReseal($class: String!, $first: Int!, $after: ID) {
	recordsToReseal(class: $class, first: $first, after: $after) { __typename id ${selection} }
}`;

export const RESEAL = `mutation ResealRecords($input: ResealRecordsInput!) {
	resealRecords(input: $input) { resealedIds }
}`;
