export { type Config, childEnvironment, readConfig } from './config.ts';
export {
	commandRefusals,
	DATABASE_URL_SETTINGS,
	nodeFacts,
	type ProcessKind,
	productionRefusals,
	type StartFacts,
	settingRefusals,
	tokenRefusals,
} from './production-refusals.ts';
