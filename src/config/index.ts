export { type Config, environmentWith, readConfig } from './config.ts';
export {
	commandRefusals,
	nodeFacts,
	type ProcessKind,
	productionRefusals,
	SETTING_OF,
	type StartFacts,
	settingRefusals,
	tokenRefusals,
} from './production-refusals.ts';
