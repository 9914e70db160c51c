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
	type DeviceKind,
	type DeviceStatement,
	encodeStatement,
	makeStatement,
	parseStatement,
	type StatedDevice,
	type StatementPlace,
	verifyStatement,
} from './device-statement.ts';
export { isRefusedExchange, isRefusedSigning, verifyBytes } from './signature.ts';
