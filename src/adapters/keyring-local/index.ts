export { initLocalKeyring, isKeyringBegun } from './installation.ts';
export { type LocalKeyringOptions, openLocalKeyring } from './local-keyring.ts';
