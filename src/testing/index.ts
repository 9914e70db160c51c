export { renderCoverage } from './coverage.ts';
export {
	beginFirmCustody,
	createTestDevice,
	type JoiningPerson,
	joinTestDevice,
	type TestDevice,
	type TestDeviceOptions,
} from './firm-custody.ts';
export type {
	Exchange,
	KitAnswer,
	KitDocument,
	KitOptions,
	KitPrincipal,
	KitTarget,
	OpenedField,
	Outcome,
} from './options.ts';
export { type Path, pathName, pathsOf } from './paths.ts';
export { type RandomOptions, runRandom } from './random-documents.ts';
export { assertNoFindings, type Finding, type KitReport, runKit, type WalkedPath } from './run-kit.ts';
export { type WatchedContent, watchContent } from './watch-content.ts';
