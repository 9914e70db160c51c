export { createNodeAead } from '../adapters/aead-node/index.ts';
export {
	assertInstallationProven,
	assertKeyringMatches,
	type Installation,
	type InstallationWithOperatorPlane,
	initInstallation,
	PLATFORM_FIRM_ID,
	withAdminContext,
	withInstallation,
	withOperatorPlane,
	withPlaneParts,
} from './installation.ts';
export { type DatabaseAccess, openDatabase, openPlaneOf, prepareInstallationDatabase } from './open-database.ts';
export { openErasureRecords } from './open-erasure-records.ts';
export {
	assertBuiltInIssuer,
	assertIssuerKeysReachable,
	audienceOf,
	issuerOf,
	openAuthenticator,
	openIssuer,
} from './open-issuer.ts';
export { hasKeyring, initKeyring, keyServiceOf, openKeyring } from './open-keyring.ts';
export { openLog } from './open-log.ts';
export { logUnrecordedKeyUse, openRights } from './open-rights.ts';
export { anchorsDirectory, objectsDirectory, openAnchors, openObjects, openPlaintextObjects } from './open-stores.ts';
export { openWebhookOf } from './open-webhook.ts';
export { openRefusalFeed, type RefusalFeed, type RefusalFeedOptions } from './refusal-feed.ts';
export { MAX_CONCURRENT_LEASE_REQUESTS, openRequestLeases } from './request-leases.ts';
export { createUnavailableContent, openRequestServices, plaintextCodecOf } from './request-services.ts';
export { openServerPlanes, type ServerPlanes } from './server-planes.ts';
export { openSignerKeys } from './signer-keys.ts';
export { type ColumnMoveWatch, watchColumnMoves } from './watch-column-moves.ts';
