import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { problemsOf } from '../support/setting-problems.ts';

const PROVIDER = {
	FIRMSEAL_JWT_ISSUER: 'https://id.example/realm',
	FIRMSEAL_JWT_AUDIENCE: 'firmseal',
	FIRMSEAL_JWKS_URL: 'https://id.example/keys',
};
const PRODUCTION = { ...PROVIDER, FIRMSEAL_ENV: 'production' };

describe('the settings of the pages', () => {
	it('leave pages out in production unless they are asked for', () => {
		expect(readConfig({ ...PRODUCTION, FIRMSEAL_JWT_CLIENTS: 'pages' }).pages).toBeNull();
		expect(readConfig({ FIRMSEAL_PAGES: 'off' }).pages).toBeNull();
		expect(readConfig({ ...PRODUCTION, FIRMSEAL_PAGES: 'on', FIRMSEAL_JWT_CLIENTS: 'pages' }).pages).toEqual({
			isRequired: true,
			client: 'pages',
			scope: 'openid',
			issuerOrigins: ['https://id.example'],
		});
	});

	it('leave pages out in development if they could sign no one in', () => {
		expect(readConfig(PROVIDER).pages).toBeNull();
		expect(readConfig({ ...PROVIDER, FIRMSEAL_JWT_CLIENTS: 'pages,cli' }).pages).toBeNull();
	});

	it.each([
		[
			{ FIRMSEAL_JWT_CLIENTS: 'cli', FIRMSEAL_PAGES_CLIENT: 'pages' },
			'FIRMSEAL_PAGES_CLIENT is not in FIRMSEAL_JWT_CLIENTS, so the API would refuse the tokens of the pages: add it there.',
		],
		[
			{ FIRMSEAL_JWT_CLIENTS: 'cli,pages' },
			'FIRMSEAL_PAGES is on: set FIRMSEAL_PAGES_CLIENT to the id of the pages at your identity provider, or turn the pages off.',
		],
		[
			{ FIRMSEAL_JWT_CLIENTS: 'pages', FIRMSEAL_JWT_ISSUER: 'keycloak' },
			'FIRMSEAL_PAGES is on, so FIRMSEAL_JWT_ISSUER must be an https:// URL without user, password or # (http:// only for this machine), with %40 for an @: the pages find the sign-in there.',
		],
	])('refuse pages that could sign no one in', (given, sentence) => {
		expect(problemsOf({ ...PROVIDER, FIRMSEAL_PAGES: 'on', ...given })).toEqual([sentence]);
	});
});
