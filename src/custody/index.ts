export { fromBase64, toBase64, utf8 } from './bytes.ts';
export {
	type CustodyHeader,
	custodyEnvelopeLength,
	readCustodyHeader,
} from './custody-frame.ts';
export { commitToDataKey, type DataKeyPlace, generateDataKey, hasCommitment, importDataKey } from './data-key.ts';
export {
	type DeviceKeys,
	type DevicePublicKeys,
	type DeviceSeed,
	deviceIdOf,
	generateSeed,
	importDevice,
	overwriteSeed,
	signAs,
} from './device.ts';
export {
	type DeviceFilePlace,
	devicePrfInput,
	encodeDeviceFile,
	type LockedDevice,
	openDeviceFile,
	parseDeviceFile,
	sealDeviceFile,
} from './device-file.ts';
export {
	type DeviceKind,
	type DeviceStatement,
	encodeStatement,
	makeStatement,
	parseStatement,
	type StatedDevice,
	type StatementPlace,
	verifyStatement,
} from './device-statement.ts';
export { exactJson } from './exact-json.ts';
export { FreshnessError, isCheckpointKey, type LogToProve, requireFresh } from './freshness.ts';
export {
	commitToJoining,
	isCommittedJoining,
	isSameCode,
	type JoiningDevice,
	type JoiningParts,
	joiningBytes,
	joiningCode,
} from './joining.ts';
export * from './key-log/index.ts';
export { commitToName, isCommittedName, type SaltedName, saltName } from './person-name.ts';
export {
	openRecordField,
	type PreparedRecord,
	prepareRecord,
	type RecordFieldToOpen,
	type RecordFieldToSeal,
	type RecordOfFields,
	sealRecordField,
} from './record-field.ts';
export {
	encodeFileHeader,
	FILE_HEADER_LENGTH,
	fileContext,
	openRecordFile,
	type RecordFile,
	readFileHeader,
	sealRecordFile,
} from './record-file.ts';
export {
	deriveFileKey,
	deriveMessageKey,
	deriveRecordKey,
	deriveRecordKeyBytes,
	importFileKey,
	importRecordKey,
	type RecordKey,
	type RecordKeyPlace,
} from './record-key.ts';
export {
	openRecordWrap,
	parseRecordWrap,
	type RecordWrap,
	type RecordWrapToOpen,
	type RecordWrapToSeal,
	sealRecordWrap,
	verifyRecordWrapSignature,
} from './record-wrap.ts';
export { deriveRecoverySeed, generateRecoveryCode, readRecoveryCode } from './recovery-code.ts';
export {
	combineRecoverySeed,
	openShare,
	type SharePlace,
	sealShare,
	splitRecoverySeed,
} from './recovery-share.ts';
export { type SafetyNumberParts, safetyNumber } from './safety-number.ts';
export { isRefusedExchange, isRefusedSigning, verifyBytes } from './signature.ts';
export {
	type ColumnHashes,
	checkStamp,
	hashColumns,
	parseStamp,
	type Stamp,
	type StampDraft,
	type StampedRow,
	signStamp,
	stampHash,
	verifyStampSignature,
} from './stamp.ts';
export {
	type KeyWrap,
	openWrap,
	parseWrap,
	sealWrap,
	verifyWrapSignature,
	type WrapToOpen,
	type WrapToSeal,
} from './wrap.ts';
