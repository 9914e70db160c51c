export { type LocalIssuer, type LocalIssuerOptions, openLocalIssuer } from './issuer-local.ts';
