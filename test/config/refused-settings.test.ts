import { describe, expect, it } from 'vitest';
import { problemsOf } from '../support/setting-problems.ts';

const PROVIDER = {
	FIRMSEAL_JWT_ISSUER: 'https://id.example',
	FIRMSEAL_JWT_AUDIENCE: 'firmseal',
	FIRMSEAL_JWKS_URL: 'https://id.example/keys',
};

describe('readConfig', () => {
	it.each([
		['FIRMSEAL_PROT', 'FIRMSEAL_PORT'],
		['FIRMSEAL_LOGLEVEL', 'FIRMSEAL_LOG_LEVEL'],
		['FIRMSEAL_DATABASE_URL', 'DATABASE_URL'],
		['firmseal_port', 'FIRMSEAL_PORT'],
		['FIRMSEAL_KEY_CACHE_SECOND', 'FIRMSEAL_KEY_CACHE_SECONDS'],
	])('refuses %s and suggests %s', (name, meant) => {
		expect(problemsOf({ [name]: '1' })).toEqual([`${name} is not a setting of this version: did you mean ${meant}?`]);
	});

	it('refuses an unknown setting that resembles none, even if it is empty', () => {
		const sentence = 'FIRMSEAL_NO_SUCH_SETTING is not a setting of this version: remove it.';
		expect(problemsOf({ FIRMSEAL_NO_SUCH_SETTING: 'x' })).toEqual([sentence]);
		expect(problemsOf({ FIRMSEAL_NO_SUCH_SETTING: '' })).toEqual([sentence]);
	});

	it.each([
		['FIRMSEAL_HOST', 'a b'],
		['FIRMSEAL_DATA_DIR', 'two\nlines'],
		['FIRMSEAL_DATA_DIR', '.firmseal '],
		['FIRMSEAL_PORT', '65536'],
		['FIRMSEAL_PORT', '4e3'],
		['FIRMSEAL_ENV', 'Production'],
		['FIRMSEAL_PLANE', 'worker'],
		['FIRMSEAL_KEY_CACHE_SECONDS', '000'],
		['FIRMSEAL_KEY_CACHE_SECONDS', '3601'],
		['FIRMSEAL_ROOT_KEY', 'ab'.repeat(31)],
		['FIRMSEAL_ROOT_KEY', Buffer.alloc(31).toString('base64')],
		['FIRMSEAL_TRUST_PROXY', 'true'],
		['FIRMSEAL_TRUST_PROXY', '0.0.0.0/0'],
		['FIRMSEAL_TRUST_PROXY', '10.0.0.0/33'],
		['FIRMSEAL_CORS_ORIGINS', 'null'],
		['FIRMSEAL_CORS_ORIGINS', 'https://*.example'],
		['FIRMSEAL_CORS_ORIGINS', 'https://app.example/'],
		['FIRMSEAL_CORS_ORIGINS', 'http://app.example'],
		['FIRMSEAL_CORS_ORIGINS', 'file:///app'],
		['FIRMSEAL_CORS_ORIGINS', 'https://app.example,'],
		['FIRMSEAL_CORS_ORIGINS', 'https://app.example https://other.example'],
		['FIRMSEAL_RATE_PER_MINUTE', '0000000'],
		['FIRMSEAL_RATE_PER_MINUTE', '1000001'],
		['FIRMSEAL_REQUESTS_AT_ONCE', '23'],
		['FIRMSEAL_REQUESTS_AT_ONCE', '10001'],
		['FIRMSEAL_INSTALLATION', 'Seal.example'],
		['FIRMSEAL_INSTALLATION', '.seal'],
		['FIRMSEAL_INSTALLATION', 'seal-'],
		['FIRMSEAL_INSTALLATION', 'seal example'],
		['FIRMSEAL_INSTALLATION', 'seal/firmseal'],
		['FIRMSEAL_INSTALLATION', 'seal+x'],
		['FIRMSEAL_INSTALLATION', 'a'.repeat(101)],
		['FIRMSEAL_LOG_LEVEL', 'verbose'],
		['FIRMSEAL_METRICS', 'yes'],
		['FIRMSEAL_PAGES', 'yes'],
		['FIRMSEAL_PAGES_SCOPE', 'openid  email'],
		['FIRMSEAL_PAGES_SCOPE', 'email'],
		['FIRMSEAL_PAGES_ISSUER_ORIGINS', 'https://id.example/token'],
		['FIRMSEAL_SHARE_PORT', 'yes'],
		['FIRMSEAL_JWT_MAX_LIFE_SECONDS', '1e4'],
		['FIRMSEAL_JWT_MAX_LIFE_SECONDS', '2592001'],
		['FIRMSEAL_URL', 'http://firmseal.example'],
		['DATABASE_URL', 'mysql://u:hunter2@127.0.0.1/x'],
		['DATABASE_URL', 'postgres:///firmseal'],
		['DATABASE_URL', ' postgres://u:hunter2@127.0.0.1/x'],
		['DATABASE_URL', 'postgres://u:hunter2@127.0.0.1/x?ssl\nmode=verify-full& '],
		['DATABASE_URL', 'postgres://u:hunter2%@%2Frun%2Fpostgresql/x'],
		['DATABASE_URL', 'postgres://u:hunter2%ff@127.0.0.1/x'],
		['FIRMSEAL_OPERATOR_DATABASE_URL', 'hunter2'],
		['FIRMSEAL_WORKER_DATABASE_URL', 'hunter2'],
		['FIRMSEAL_BROKER_DATABASE_URL', 'hunter2'],
		['FIRMSEAL_DIRECT_DATABASE_URL', 'hunter2'],
		['FIRMSEAL_ADMIN_DATABASE_URL', 'hunter2'],
		['FIRMSEAL_KEY_DAYS', '3651'],
		['FIRMSEAL_FERNET_KEYS', 'hunter2'],
		['FIRMSEAL_DJANGO_KEYS', 'hunter2'],
		['FIRMSEAL_DJANGO_KEYS', '[]'],
		['FIRMSEAL_DJANGO_KEYS', '[{"secretKey":"hunter2","slat":"hunter2"}]'],
		['FIRMSEAL_DJANGO_KEYS', '[{"secretKey":"hunter2","fieldKey":"aHVudGVyMg=="}]'],
		['FIRMSEAL_OPERATOR_PROOF', 'yes'],
	])('refuses %s=%s with one sentence that does not contain the value', (name, value) => {
		const problems = problemsOf({ DATABASE_URL: 'postgres://u:p@127.0.0.1/x', [name]: value });
		expect(problems).toHaveLength(1);
		expect(problems[0]).toMatch(RegExp(`^${name} must be .+\\.$`));
		expect(problems[0]).not.toContain(value);
	});

	it.each([
		'bob:12345#hunter2@db.example/x',
		'bob:hunter2#12345@db.example/x',
		'bob:12345/hunter2@db.example/x',
		'bob:hunter2/12345@db.example/x',
		'bob:12345?hunter2@db.example/x',
		'bob:p@ss/hunter2@db.example/x',
		'bob:p@ss#hunter2@db.example/x',
		'bob:p@ss?hunter2@db.example/x',
		'db.example/x?application_name=hunter2@db.example',
		'bob:p@db.example/x#hunter2',
	])('refuses a database URL in which an unescaped character makes part of the password the host: %s', (rest) => {
		const problems = problemsOf({ FIRMSEAL_WORKER_DATABASE_URL: `postgres://${rest}` });
		expect(problems).toEqual([
			'FIRMSEAL_WORKER_DATABASE_URL must be a URL whose user, password and database are percent-encoded: %23 for a #, %2F for a /, %3F for a ?, %40 for an @.',
		]);
	});

	it.each<['FIRMSEAL_WEBHOOK_URL' | 'FIRMSEAL_JWKS_URL' | 'FIRMSEAL_URL', string]>([
		['FIRMSEAL_WEBHOOK_URL', 'https://bob:12345#hunter2@hooks.example/'],
		['FIRMSEAL_WEBHOOK_URL', 'https://bob:12345/hunter2@hooks.example/'],
		['FIRMSEAL_WEBHOOK_URL', 'https://bob:12345?hunter2@hooks.example/'],
		['FIRMSEAL_JWKS_URL', 'https://bob:12345#hunter2@issuer.example/keys'],
		['FIRMSEAL_URL', 'https://bob:12345/hunter2@firmseal.example'],
	])('refuses %s=%s, whose user would be taken for the host', (name, value) => {
		const beside = {
			FIRMSEAL_JWKS_URL: PROVIDER,
			FIRMSEAL_WEBHOOK_URL: { FIRMSEAL_WEBHOOK_SECRET: 's'.repeat(32) },
			FIRMSEAL_URL: {},
		};
		expect(problemsOf({ ...beside[name], [name]: value })).toEqual([
			`${name} must be an https:// URL without user, password or # (http:// only for this machine), with %40 for an @.`,
		]);
	});

	it.each([
		['localhost/x?host=db.example', 'without the parameter host: put'],
		['%2Frun%2Fpostgresql/x?h%6Fst=db.example', 'without the parameter host: put'],
		['localhost/x?host=/run/postgresql', 'without the parameter host: put'],
		['localhost/x?hostaddr=192.0.2.1', 'without the parameter hostaddr: put'],
		['localhost/x?sslmode=require&port=5433', 'without the parameter port: put'],
		['localhost/x?user=hunter2', 'without the parameter user: put'],
		['localhost/x?password=hunter2', 'without the parameter password: put'],
		['localhost/x?dbname=hunter2', 'without the parameter dbname: put'],
		['db.example/x?ssl=no-verify', 'without the parameter ssl: sslmode'],
		['db.example/x?sslmode=require&uselibpqcompat=true', 'without the parameter uselibpqcompat: sslmode'],
		['db.example/x?sslmode=require&sslmode=disable', 'that has each parameter once: sslmode is'],
		['db.example/x?sslmode=verify-full&sslmode=no-verify', 'that has each parameter once: sslmode is'],
		['db.example/x?sslmode=require&uselibpqcompat=true&sslmode=prefer', 'without the parameter uselibpqcompat'],
		['db.example/x?hunter2=1&hunter2=2', 'that has each parameter once: one is'],
	])('refuses a database URL at %s, which the driver would read differently', (rest, what) => {
		for (const FIRMSEAL_ENV of ['development', 'production']) {
			const problems = problemsOf({ FIRMSEAL_ENV, FIRMSEAL_WORKER_DATABASE_URL: `postgres://u:hunter2@${rest}` });
			expect(problems).toEqual([expect.stringContaining(`FIRMSEAL_WORKER_DATABASE_URL must be a URL ${what}`)]);
			expect(problems[0]).not.toContain('hunter2');
		}
	});

	it.each([
		['FIRMSEAL_JWT_TYPES', 'application/at+jwt'],
		['FIRMSEAL_JWT_TYPES', 'at+jwt,'],
		['FIRMSEAL_JWT_CLIENTS', 'my app'],
		['FIRMSEAL_JWT_CLIENTS', 'x'.repeat(201)],
		['FIRMSEAL_AUTH_TIME_CLAIM', 'auth time'],
	])('refuses %s=%s, and the setting without an identity provider', (name, value) => {
		expect(problemsOf({ ...PROVIDER, [name]: value })).toEqual([
			expect.stringMatching(RegExp(`^${name} must be .+\\.$`)),
		]);
		expect(problemsOf({ [name]: 'x' })).toEqual([
			`${name} has no effect on tokens of the built-in issuer: set FIRMSEAL_JWT_ISSUER, or remove it.`,
		]);
	});

	it('refuses an audience that is also an application, unless the token type excludes ID tokens', () => {
		const same = { ...PROVIDER, FIRMSEAL_JWT_CLIENTS: 'workspace, firmseal' };
		const problem = [expect.stringMatching(/^FIRMSEAL_JWT_AUDIENCE is also in FIRMSEAL_JWT_CLIENTS, .+ at\+jwt\.$/)];
		expect(problemsOf(same)).toEqual(problem);
		expect(problemsOf({ ...same, FIRMSEAL_JWT_TYPES: 'at+jwt,JWT' })).toEqual(problem);
		expect(problemsOf({ ...same, FIRMSEAL_JWT_TYPES: 'AT+JWT' })).toEqual([]);
	});

	const FORM = 'FIRMSEAL_ALERTS must be thresholds of alerts as NAME=NUMBER, separated by commas';
	it.each([
		['OPERATOR_RECORD=7', `${FORM}: OPERATOR_RECORD is unknown, the nearest name is OPERATOR_RECORDS.`],
		['PAIR_LEASES=2,DENIALS=3', `${FORM}: DENIALS is unknown, docs/how-to/monitor.md lists the names.`],
		['constructor=3', `${FORM}.`],
		['PAIR_LEASES=2,', `${FORM}.`],
		['PAIR_LEASES', `${FORM}.`],
		['PAIR_LEASES=', `${FORM}.`],
		['PAIR_LEASES=-2', `${FORM}.`],
		['PAIR_LEASES=2.5', `${FORM}.`],
		['PAIR_LEASES=0', `${FORM}: PAIR_LEASES is a whole number from 1 to 1000000.`],
		['PAIR_LEASES=1000001', `${FORM}: PAIR_LEASES is a whole number from 1 to 1000000.`],
		['PAIR_LEASES=2,PAIR_LEASES=3', `${FORM}, each once: PAIR_LEASES is there twice.`],
	])('refuses FIRMSEAL_ALERTS=%s', (value, sentence) => {
		expect(problemsOf({ FIRMSEAL_ALERTS: value })).toEqual([sentence]);
	});

	it('refuses a person claim that no token can have', () => {
		expect(problemsOf({ FIRMSEAL_PERSON_CLAIM: 'o id' })).toContain(
			'FIRMSEAL_PERSON_CLAIM must be the name of a claim, such as oid.',
		);
		expect(problemsOf({ FIRMSEAL_PERSON_CLAIM: 'oid' })).toEqual([
			'FIRMSEAL_PERSON_CLAIM has no effect without FIRMSEAL_JWT_ISSUER: set the issuer to your identity provider, or remove the claim.',
		]);
	});

	it('requires groups to be complete or absent', () => {
		const problems = problemsOf({ FIRMSEAL_JWT_ISSUER: 'https://id.example', FIRMSEAL_TLS_CERT: 'cert.pem' });
		expect(problems).toHaveLength(2);
		expect(problems[0]).toContain('FIRMSEAL_JWT_AUDIENCE and FIRMSEAL_JWKS_URL must be set too');
		expect(problems[1]).toContain('FIRMSEAL_TLS_KEY must be set too');
	});

	it.each(['http://hooks.example/in', 'https://user:hunter2@hooks.example/in', 'hooks.example'])(
		'refuses to send notices to %s',
		(url) => {
			const problems = problemsOf({ FIRMSEAL_WEBHOOK_URL: url, FIRMSEAL_WEBHOOK_SECRET: 's'.repeat(32) });
			expect(problems).toEqual([expect.stringMatching(/^FIRMSEAL_WEBHOOK_URL must be an https:\/\/ URL/)]);
			expect(problems.join()).not.toContain(url);
		},
	);

	it.each([
		's'.repeat(31),
		`${'s'.repeat(32)} `,
		'é'.repeat(32),
		`whsec_${Buffer.alloc(23).toString('base64')}`,
		`whsec_${Buffer.alloc(65).toString('base64')}`,
		`whsec_${'-'.repeat(44)}`,
	])('refuses the secret %s', (secret) => {
		const problems = problemsOf({ FIRMSEAL_WEBHOOK_URL: 'https://hooks.example', FIRMSEAL_WEBHOOK_SECRET: secret });
		expect(problems).toEqual([
			expect.stringMatching(/^FIRMSEAL_WEBHOOK_SECRET must be at least 32 printable characters/),
		]);
		expect(problems.join()).not.toContain(secret);
	});

	it('accepts a webhook on this machine without TLS, and its secret in either form', () => {
		const FIRMSEAL_WEBHOOK_URL = 'http://127.0.0.1:9000/in';
		for (const size of [24, 64]) {
			const FIRMSEAL_WEBHOOK_SECRET = `whsec_${Buffer.alloc(size, 7).toString('base64')}`;
			expect(problemsOf({ FIRMSEAL_WEBHOOK_URL, FIRMSEAL_WEBHOOK_SECRET })).toEqual([]);
		}
		expect(problemsOf({ FIRMSEAL_WEBHOOK_URL, FIRMSEAL_WEBHOOK_SECRET: '!'.repeat(32) })).toEqual([]);
		const [problem] = problemsOf({ FIRMSEAL_WEBHOOK_URL });
		expect(problem).toContain('FIRMSEAL_WEBHOOK_SECRET must be set too');
	});

	it('refuses a database URL that would have no effect', () => {
		const url = 'postgres://u:hunter2@127.0.0.1/x';
		const problems = problemsOf({ FIRMSEAL_ADMIN_DATABASE_URL: url, FIRMSEAL_DIRECT_DATABASE_URL: url });
		expect(problems).toHaveLength(2);
		expect(problems[0]).toMatch(
			/^FIRMSEAL_ADMIN_DATABASE_URL has no effect on the embedded database: set DATABASE_URL, or remove FIRMSEAL_ADMIN/,
		);
		expect(problems.join()).not.toContain('hunter2');
		expect(problemsOf({ DATABASE_URL: url, FIRMSEAL_ADMIN_DATABASE_URL: url })).toEqual([]);
		expect(problemsOf({ FIRMSEAL_PLANE: 'operator', FIRMSEAL_OPERATOR_DATABASE_URL: url })).toEqual([]);
		expect(problemsOf({ FIRMSEAL_WORKER_DATABASE_URL: url })).toEqual([]);
	});

	it('requires the settings of a command', () => {
		expect(problemsOf({}, { required: ['FIRMSEAL_TOKEN'] })).toEqual([
			'FIRMSEAL_TOKEN is not set: this command needs it.',
		]);
		expect(problemsOf({ FIRMSEAL_TOKEN: 'a.b.c' }, { required: ['FIRMSEAL_TOKEN'] })).toEqual([]);
	});

	it('reports every problem at once', () => {
		const problems = problemsOf(
			{ FIRMSEAL_PORT: 'x', FIRMSEAL_ENV: 'x', FIRMSEAL_OOPS: 'x', FIRMSEAL_TLS_KEY: 'x' },
			{ required: ['FIRMSEAL_ADMIN_DATABASE_URL'] },
		);
		expect(problems).toHaveLength(5);
	});
});
