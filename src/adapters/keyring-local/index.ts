export { initLocalKeyring, isKeyringBegun } from './keyring-directory.ts';
export { type LocalKeyringOptions, openLocalKeyring } from './local-keyring.ts';
