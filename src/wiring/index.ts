export { createNodeAead } from '../adapters/aead-node/index.ts';
export {
	anchorsDirectory,
	assertBuiltInIssuer,
	assertIssuerKeysReachable,
	createUnavailableContent,
	type DatabaseAccess,
	hasKeyring,
	initKeyring,
	issuerOf,
	MAX_CONCURRENT_LEASE_REQUESTS,
	objectsDirectory,
	openAnchors,
	openAuthenticator,
	openDatabase,
	openIssuer,
	openKeyring,
	openLog,
	openObjects,
	openPlaintextObjects,
	openPlainValues,
	openPlaneOf,
	openRequestLeases,
	openRequestServices,
	openRights,
	openWebhookOf,
	prepareInstallationDatabase,
	unrotatedFirms,
} from './compose.ts';
export {
	assertInstallationProven,
	assertKeyringMatches,
	type Installation,
	initInstallation,
	PLATFORM_FIRM_ID,
	withAdminContext,
	withInstallation,
	withPlaneParts,
} from './installation.ts';
export { openErasureRecords } from './open-erasure-records.ts';
export { openRefusalFeed, type RefusalFeed, type RefusalFeedOptions } from './refusal-feed.ts';
export { openSignerKeys } from './signer-keys.ts';
export { type ColumnMoveWatch, watchColumnMoves } from './watch-column-moves.ts';
