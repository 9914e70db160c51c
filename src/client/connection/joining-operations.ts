/** The operations of the API by which a device joins. */
const OF_REQUEST = 'id person commitment challenge genesis head reveal statement releasedBy share state';
const REQUEST = `request { ${OF_REQUEST} }`;

export const DEVICE_REQUESTS = `query DeviceRequests {
	deviceRequests { ${OF_REQUEST} }
}`;

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
