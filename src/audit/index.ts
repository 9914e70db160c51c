export { ACTIONS, type Action, type ActionRule } from './actions.ts';
export { type AlertMatch, INSTALLATION, matchesOf, THROTTLED } from './alert-matches.ts';
export {
	ALERT_RULES,
	ALERT_SEVERITIES,
	type AlertRule,
	type AlertRuleSpec,
	type AlertSeverity,
	alertRuleOf,
	alertRules,
} from './alert-rules.ts';
export {
	THRESHOLDS,
	type ThresholdName,
	type Thresholds,
	thresholdNames,
	thresholdsWith,
} from './alert-thresholds.ts';
export type { AuditLog } from './audit-log.ts';
export { type Act, chunkDraft, commandEntry, draftEntry, systemEntry } from './draft-entry.ts';
export type {
	Actor,
	Decision,
	Entry,
	EntryDraft,
	EntryPlane,
	EntryRole,
	KeyUse,
	Reason,
} from './entry.ts';
export { encodeLeaf, MAX_LEAF_BYTES, parseLeaf, readLeaf } from './leaf.ts';
export { leafVersionOf } from './leaf-schema.ts';
export {
	Frontier,
	foldSubtrees,
	type HashFunction,
	hashOfLeaf,
	type LeafRange,
	rangesOfConsistency,
	rangesOfInclusion,
	type Subtree,
	storagePositionOf,
	subtreesIn,
} from './tree.ts';
export { base64urlToUuid, uuidToBase64url } from './uuid-base64url.ts';
