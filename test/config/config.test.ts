import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { problemsOf } from '../support/setting-problems.ts';

/** The default thresholds, written down a second time. */
const USUAL_THRESHOLDS = {
	OPERATOR_RECORDS: 50,
	BUDGET_PERCENT: 80,
	MEMBER_TIMES: 10,
	MEMBER_MEDIAN: 500,
	PAIR_LEASES: 3,
	HASTY_SECONDS: 30,
	INVALID_PER_MINUTE: 5,
	LATE_SECONDS: 300,
	FIRMS_PER_DAY: 3,
	REFILED_HOURS: 168,
	GRANT_SECONDS: 120,
	THROTTLED_PERCENT: 1,
	THROTTLED_CALLS: 100,
	DENIALS_PER_MINUTE: 20,
	UNREVIEWED_HOURS: 72,
	DELIVERY_ATTEMPTS: 6,
};

describe('readConfig', () => {
	it('has the documented defaults', () => {
		expect(readConfig({})).toEqual({
			env: 'development',
			plane: 'all',
			dataDir: resolve('.firmseal'),
			server: {
				host: '127.0.0.1',
				port: 4000,
				sharePort: false,
				trustProxy: null,
				corsOrigins: [],
				tls: null,
				metrics: true,
			},
			limits: { ratePerMinute: 600, requestsAtOnce: 128 },
			database: { firm: null, operator: null, worker: null, broker: null, direct: null, admin: null },
			keyring: {
				kind: 'local',
				rootKey: null,
				cacheSeconds: 300,
				days: 365,
				roles: { firm: null, operator: null, broker: null, worker: null, signer: null },
			},
			objects: { kind: 'filesystem', bucket: null, kmsKeyId: null, clear: null },
			fernet: null,
			django: null,
			anchors: { bucket: null, days: 365 },
			installation: 'localhost',
			proof: { operators: true },
			aws: { region: null, endpoints: { kms: null, s3: null, sts: null } },
			webhook: null,
			alerts: USUAL_THRESHOLDS,
			tokens: null,
			pages: { isRequired: false, client: null, scope: 'openid', issuerOrigins: [] },
			tokenRules: {
				types: ['at+jwt', 'jwt'],
				clients: null,
				maxLifeSeconds: 86_400,
				authTimeClaim: 'auth_time',
			},
			log: { level: 'info' },
			client: { url: 'http://127.0.0.1:4000', token: null },
			node: {},
		});
	});

	it('reads every setting, and ignores other names in the environment', () => {
		const config = readConfig({
			PATH: '/usr/bin',
			AWS_REGION: 'eu-west-1',
			NODE_OPTIONS: '--disable-sigusr1',
			FIRMSEAL_HOST: '::1',
			FIRMSEAL_PORT: '8443',
			FIRMSEAL_SHARE_PORT: 'on',
			FIRMSEAL_DATA_DIR: '/var/lib/firmseal',
			FIRMSEAL_ENV: 'production',
			FIRMSEAL_PLANE: 'operator',
			DATABASE_URL: 'postgres://firm:one@db.example/firmseal',
			FIRMSEAL_OPERATOR_DATABASE_URL: 'postgresql://operator:two@db.example/firmseal',
			FIRMSEAL_WORKER_DATABASE_URL: 'postgres://worker:three@db.example/firmseal',
			FIRMSEAL_ADMIN_DATABASE_URL: 'postgres://admin:four@db.example/firmseal',
			FIRMSEAL_KEYRING: 'local',
			FIRMSEAL_ROOT_KEY: 'ab'.repeat(32),
			FIRMSEAL_KEY_CACHE_SECONDS: '60',
			FIRMSEAL_JWT_ISSUER: 'https://id.example/',
			FIRMSEAL_JWT_AUDIENCE: 'firmseal',
			FIRMSEAL_JWKS_URL: 'https://id.example/keys',
			FIRMSEAL_JWT_TYPES: 'at+JWT, none',
			FIRMSEAL_JWT_CLIENTS: 'workspace, Console',
			FIRMSEAL_JWT_MAX_LIFE_SECONDS: '3600',
			FIRMSEAL_AUTH_TIME_CLAIM: 'https://id.example/signed_in',
			FIRMSEAL_PERSON_CLAIM: 'oid',
			FIRMSEAL_TRUST_PROXY: 'loopback, 10.0.0.0/8,fd00::/8',
			FIRMSEAL_CORS_ORIGINS: 'https://app.example, http://localhost:5173',
			FIRMSEAL_RATE_PER_MINUTE: '60',
			FIRMSEAL_REQUESTS_AT_ONCE: '64',
			FIRMSEAL_TLS_CERT: '/etc/firmseal/cert.pem',
			FIRMSEAL_TLS_KEY: '/etc/firmseal/key.pem',
			FIRMSEAL_WEBHOOK_URL: 'https://hooks.example/in?token=x',
			FIRMSEAL_WEBHOOK_SECRET: 's'.repeat(32),
			FIRMSEAL_LOG_LEVEL: 'warn',
			FIRMSEAL_METRICS: 'off',
			FIRMSEAL_TOKEN: 'a.b.c',
			FIRMSEAL_URL: 'https://firmseal.example/',
		});
		expect(config.server).toEqual({
			host: '::1',
			port: 8443,
			sharePort: true,
			trustProxy: ['loopback', '10.0.0.0/8', 'fd00::/8'],
			corsOrigins: ['https://app.example', 'http://localhost:5173'],
			tls: { certFile: '/etc/firmseal/cert.pem', keyFile: '/etc/firmseal/key.pem' },
			metrics: false,
		});
		expect(config.limits).toEqual({ ratePerMinute: 60, requestsAtOnce: 64 });
		expect(config.database.operator?.expose()).toBe('postgresql://operator:two@db.example/firmseal');
		expect(config.keyring.rootKey?.expose()).toEqual(Buffer.from('ab'.repeat(32), 'hex'));
		expect(config.keyring.cacheSeconds).toBe(60);
		expect(config.tokens).toEqual({
			issuer: 'https://id.example/',
			audience: 'firmseal',
			jwksUrl: 'https://id.example/keys',
			personClaim: 'oid',
		});
		expect(config.tokenRules).toEqual({
			types: ['at+jwt', 'none'],
			clients: ['workspace', 'Console'],
			maxLifeSeconds: 3600,
			authTimeClaim: 'https://id.example/signed_in',
		});
		expect(config.webhook?.url.expose()).toBe('https://hooks.example/in?token=x');
		expect(config.webhook?.secret.expose()).toBe('s'.repeat(32));
		expect(config.client.url).toBe('https://firmseal.example');
		expect(config.client.token?.expose()).toBe('a.b.c');
		expect(config.node).toEqual({ NODE_OPTIONS: '--disable-sigusr1' });
	});

	it('names its own server by an address that clients can call', () => {
		expect(readConfig({ FIRMSEAL_HOST: '0.0.0.0', FIRMSEAL_PORT: '80' }).client.url).toBe('http://127.0.0.1:80');
		expect(readConfig({ FIRMSEAL_HOST: '::1' }).client.url).toBe('http://[::1]:4000');
	});

	it('also accepts a root key as base64', () => {
		const key = Buffer.alloc(32, 7);
		expect(readConfig({ FIRMSEAL_ROOT_KEY: key.toString('base64') }).keyring.rootKey?.expose()).toEqual(key);
	});

	it('shares only a port with a fixed number', () => {
		expect(problemsOf({ FIRMSEAL_SHARE_PORT: 'on', FIRMSEAL_PORT: '0' })).toEqual([
			'FIRMSEAL_SHARE_PORT has no effect while FIRMSEAL_PORT is 0: set FIRMSEAL_PORT to a fixed port.',
		]);
		expect(readConfig({ FIRMSEAL_SHARE_PORT: 'on' }).server).toMatchObject({ port: 4000, sharePort: true });
	});

	it('counts an empty setting as unset', () => {
		expect(readConfig({ FIRMSEAL_PORT: '', FIRMSEAL_JWT_ISSUER: '' })).toEqual(readConfig({}));
	});

	it('freezes its result, groups and lists included', () => {
		const config = readConfig({ FIRMSEAL_TRUST_PROXY: '10.0.0.1', FIRMSEAL_TLS_CERT: 'c', FIRMSEAL_TLS_KEY: 'k' });
		const { server, limits, database, keyring, objects, anchors, aws, client, log } = config;
		const parts: object[] = [config, server, limits, database, keyring, keyring.roles, objects, anchors];
		parts.push(aws, aws.endpoints, client, log);
		for (const part of [...parts, config.server.trustProxy, config.server.corsOrigins, config.server.tls])
			expect(Object.isFrozen(part)).toBe(true);
	});

	it('reads alert thresholds, and keeps the defaults of the others', () => {
		const { alerts } = readConfig({ FIRMSEAL_ALERTS: ' OPERATOR_RECORDS=7,LATE_SECONDS=1000000 ' });
		expect(alerts).toEqual({ ...USUAL_THRESHOLDS, OPERATOR_RECORDS: 7, LATE_SECONDS: 1_000_000 });
		expect(Object.isFrozen(alerts)).toBe(true);
		expect(Object.isFrozen(readConfig({}).alerts)).toBe(true);
	});
});
