export { createNodeAead } from '../adapters/aead-node/index.ts';
export {
	anchorsDirectory,
	type DatabaseAccess,
	hasKeyring,
	initKeyring,
	issuerOf,
	LEASES_AT_ONCE,
	objectsDirectory,
	openAnchors,
	openAuthenticator,
	openClearObjects,
	openClosedContent,
	openDatabase,
	openDesk,
	openIssuer,
	openKeyring,
	openLeaseUses,
	openLog,
	openObjects,
	openPlainValues,
	openPlaneOf,
	openRights,
	openWebhookOf,
	prepare,
	refuseForeignIssuer,
	tryKeys,
	unrotatedFirms,
} from './compose.ts';
export {
	assertOwnKeyring,
	assertProven,
	type Installation,
	initInstallation,
	PLATFORM,
	withInstallation,
	withOffice,
	withSide,
} from './installation.ts';
export { type MoveWatch, watchMoves } from './move-watch.ts';
export { type RefusalWatch, type RefusalWatchOptions, watchRefusals } from './refusal-watch.ts';
export { openSignerKeys } from './signer-keys.ts';
export { openTombstones } from './tombstones.ts';
