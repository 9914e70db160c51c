/** Too short to be quoted, or filled in or cut where it would be: the test that asserts it all the same. */
export const SHOWN_BY: Readonly<Record<string, string>> = {
	'FIRMSEAL_TLS_CERT and FIRMSEAL_TLS_KEY do not go together: give a PEM certificate and its own private key, without a passphrase.':
		'test/api/http/tls.test.ts',
	'Not so: …. …': 'test/database/inspect-start.test.ts',
	'FIRMSEAL_CLEAR_OBJECTS must be …: FIRMSEAL_OBJECTS is ….': 'test/config/cloud.test.ts',
	'… must be set too: … go together, all or none.': 'test/config/config.test.ts',
	'… names a file ….': 'test/config/config.test.ts',
};
