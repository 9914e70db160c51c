export { isNoticeOpen, needsAgreement } from './agreement.ts';
export { AGREED_KINDS, type AgreedKind, type RecoveryWay, type SharedRecord } from './bodies.ts';
export { agree, beginningOf, composeEntry, composeSubLogEntry, type LogEnd } from './compose-entry.ts';
export type {
	Agreement,
	KeyLogBody,
	KeyLogEntry,
	KeyLogKind,
	ReadEntry,
	SecondSignature,
	SubLogEntry,
	SubLogKind,
} from './entry.ts';
export { extendKeyLog, readKeyLog } from './extend-key-log.ts';
export { extendSubLog, readSubLog } from './extend-sub-log.ts';
export type {
	CustodyState,
	KeyLog,
	LogAnchor,
	LogClass,
	LogDevice,
	LogLease,
	LogNotice,
	LogPerson,
	LogRole,
	LogVersion,
	LogWay,
	Since,
} from './key-log.ts';
export { KEY_LOG_RULES, KeyLogError, type KeyLogRule } from './key-log-error.ts';
export { inWords, sentenceOf } from './key-log-sentences.ts';
export {
	allowsWrap,
	custodyOf,
	devicesOf,
	entitledDevices,
	generationOf,
	generationsOf,
	isEntitled,
	type LoggedWrap,
	missingWraps,
	newestVersion,
	ownersOf,
	roleOf,
	usableWaysOf,
	writableVersion,
} from './queries.ts';
export { isBodyOf, isSecondSignature, readEntry, readSubLogEntry } from './read-entry.ts';
export {
	isShared,
	isSubLogDevice,
	type SubLog,
	type SubLogDevice,
	type SubLogPerson,
	type SubLogRole,
	strangersAmongStaff,
	subLogDevices,
} from './sub-log.ts';
