import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';

/*
 * Loaded with the first key to open or seal, because HPKE is a fifth of all that a worker would load. Only this file imports the package, so
 * that a bundler leaves out what is not used of it.
 */
export const createSuite = (): CipherSuite =>
	new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
