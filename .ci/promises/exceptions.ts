/** Too short to be quoted, or filled in or cut where it would be: the test that asserts it all the same. */
export const SHOWN_BY: Readonly<Record<string, string>> = {
	'FIRMSEAL_TLS_CERT and FIRMSEAL_TLS_KEY do not go together: give a PEM certificate and its own private key, without a passphrase.':
		'test/api/http/tls.test.ts',
	'Not so: …. …': 'test/database/inspect-start.test.ts',
	'AWS_REGION must be set: ….': 'test/config-cloud.test.ts',
	'FIRMSEAL_CLEAR_OBJECTS must be …: FIRMSEAL_OBJECTS is ….': 'test/config-cloud.test.ts',
	'… must be set too: … go together, all or none.': 'test/config.test.ts',
};

/** No test asserts these yet; the page says so. One that is shown must leave the list, and nothing new may join it. */
export const NOT_SHOWN: readonly string[] = [
	'… holds a keyring already: open it, or choose another directory.',
	'A database URL names no user: write postgres://USER:PASSWORD@HOST/DATABASE.',
	'AWS_REGION must be set: FIRMSEAL_CLEAR_OBJECTS is a bucket.',
	'Another command uses the database in …: try again when it is done.',
	'FIRMSEAL_CLEAR_OBJECTS must be set: a column of locations is declared to be moved, and this says where its files lie.',
	'FIRMSEAL_S3_BUCKET and AWS_REGION must be set.',
	'Port … needs rights that this user has not: set FIRMSEAL_PORT to 1024 or more.',
	'PostgreSQL (process …) has ended and its parent process does not let go of it: end that one.',
	'The keyring has no key of the platform: run `firmseal init`, or give the broker the keyring of this installation.',
	'The local keyring needs a file system with hard links: choose another directory.',
	'There is no database URL for the … plane: set it.',
	'What is anchored of the audit log can’t be compared now.',
	'drizzle/sealed.lock.json is missing or damaged: restore it from version control.',
	'… If it was run, this process has not the keyring of this installation: with AWS KMS, check its account and AWS_REGION.',
	'… cannot be resolved to an address: set FIRMSEAL_HOST to one of this machine.',
	'… cannot be used (…): mend the path.',
	"… is missing or can't be read: restore it from version control.",
	'… is missing: run firmseal init for a new installation, or restore it from a backup.',
	'… …: make it a directory of the user who runs Firmseal with chown and chmod 700.',
	"….… has no resolver: name it as the workspace's are, or add one.",
	'….… takes over a column of plaintext, which is for the server of Firmseal: seal what is there first, and leave `from` out.',
];
