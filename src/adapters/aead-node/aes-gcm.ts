export const ALGORITHM = 'aes-256-gcm';
export const KEY_LENGTH = 32;
export const NONCE_LENGTH = 12;
export const TAG_LENGTH = 16;
/** Without it node:crypto would take a tag of 4 bytes for a whole one. */
export const OPTIONS = { authTagLength: TAG_LENGTH };
