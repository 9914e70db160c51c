export { appendKeyLog, type KeyLogInput } from './append-key-log.ts';
export type { LogActor } from './append-rules.ts';
export { challengeDevice, endDevice, releaseShare, requestDevice, revealDevice } from './device-requests.ts';
export { createKeyLogs, ForgedLogError, type KeyLogs } from './key-logs.ts';
export { agreeToProposal, endProposal, proposeToOwners } from './owner-proposals.ts';
export { recoveriesHeldBy } from './shares.ts';
export { addKeyWraps } from './wraps.ts';
