import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectTokens } from '../../src/cli/doctor/tokens.ts';
import { readConfig } from '../../src/config/config.ts';
import { startIdentityProvider } from '../aws/identity-provider.ts';
import type { TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { firmseal, firmsealJson } from '../system/program.ts';

describe('doctor on tokens of an identity provider', () => {
	let installation: TestInstallation;
	let provider: Awaited<ReturnType<typeof startIdentityProvider>>;
	beforeAll(async () => {
		({ installation } = await makePopulated(embedded));
		provider = await startIdentityProvider();
	});
	afterAll(async () => {
		await provider?.stop();
		await installation?.close();
	});
	const inspected = (env: NodeJS.ProcessEnv) => inspectTokens(readConfig({ ...provider.env, ...env }));
	const KEYS = {
		check: 'the identity provider’s keys can be fetched from FIRMSEAL_JWKS_URL',
		ok: true,
		fix: null as string | null,
	};
	const FIX =
		/no one can agree to a lease .+ FIRMSEAL_AUTH_TIME_CLAIM, or set FIRMSEAL_TOKEN to a token that has the claim\.$/;

	it('says whether the given token is accepted, and whether it states the time of the sign-in', async () => {
		const check = 'FIRMSEAL_TOKEN is accepted, and says in auth_time when its person signed in';
		const [dated, undated] = [await provider.token('x'), await provider.token('x', { auth_time: undefined })];
		expect(await inspected({ FIRMSEAL_TOKEN: dated })).toEqual([KEYS, { check, ok: true, fix: null }]);
		expect(await inspected({ FIRMSEAL_TOKEN: undated })).toEqual([
			KEYS,
			{ check, ok: false, fix: expect.stringMatching(FIX) },
		]);
		expect(await inspected({ FIRMSEAL_TOKEN: undated, FIRMSEAL_AUTH_TIME_CLAIM: 'iat' })).toMatchObject([
			KEYS,
			{ check: expect.stringContaining('refreshed in the background counts as a new sign-in'), ok: true },
			{ ok: true },
		]);
		const foreign = await provider.token('x', { azp: 'elsewhere' });
		expect(await inspected({ FIRMSEAL_TOKEN: foreign })).toEqual([
			KEYS,
			{ check, ok: false, fix: expect.stringContaining('to an application that is not accepted') },
		]);
	});

	it('reports only what the provider’s metadata says if there is no token', async () => {
		const [, origin = ''] = /^(http:.+)\/jwks$/.exec(provider.env.FIRMSEAL_JWKS_URL) ?? [];
		const of = (claims: unknown) => {
			provider.discovery = claims === null ? null : { issuer: origin, claims_supported: claims };
			return inspected({ FIRMSEAL_JWT_ISSUER: `${origin}/` });
		};
		const NAMED = 'the identity provider names auth_time among its claims';
		const UNKNOWN = {
			check: 'access tokens say in auth_time when their person signed in',
			ok: null,
			fix: 'Only a token can show this: set FIRMSEAL_TOKEN to an access token, and run this again.',
		};
		expect(await of(['sub', 'auth_time'])).toEqual([KEYS, { check: NAMED, ok: true, fix: null }, UNKNOWN]);
		expect(await of(['sub'])).toEqual([KEYS, { check: NAMED, ok: false, fix: expect.stringMatching(FIX) }]);
		for (const unknown of [null, 'auth_time', undefined]) expect(await of(unknown)).toEqual([KEYS, UNKNOWN]);
		// An unknown result is neither ok nor WRONG, and has a line of its own.
		const env = { ...installation.env, ...provider.env, FIRMSEAL_JWT_ISSUER: origin };
		const [human, program] = [await firmseal(env, 'doctor'), await firmsealJson(env, 'doctor')];
		expect([human.code, program.code, program.ok]).toEqual([0, 0, true]);
		expect(human.stdout).toContain(`\n?     ${UNKNOWN.check}\n      ${UNKNOWN.fix}\n`);
		expect(program.result.findings).toContainEqual({ check: UNKNOWN.check, ok: null, fix: UNKNOWN.fix });
	});

	it.each<{ what: string; answer: (address: string) => object; expected: RegExp }>([
		{
			what: 'an unknown host',
			answer: () => ({ FIRMSEAL_JWKS_URL: 'https://nowhere.invalid/jwks' }),
			expected:
				/^nowhere\.invalid:443 cannot be resolved[^:]* \(E\w+\): fix (?:the network, or )?the host in FIRMSEAL_JWKS_URL\. /,
		},
		{
			what: 'a port without a listener',
			answer: () => ({ FIRMSEAL_JWKS_URL: 'http://127.0.0.1:2/jwks' }),
			expected:
				/^Nothing answers at 127\.0\.0\.1:2 \(ECONNREFUSED\): fix host and port in FIRMSEAL_JWKS_URL, or start /,
		},
		{
			what: 'a missing page',
			answer: (address) => ({ FIRMSEAL_JWKS_URL: `${address}-of-another` }),
			expected:
				/^127\.0\.0\.1:\d+ does not answer with status 200 and a JSON Web Key Set: fix the path in FIRMSEAL_JWKS_URL\. /,
		},
	])('reports that the keys cannot be fetched: $what', async ({ answer, expected }) => {
		const [found, ...others] = await inspected(answer(provider.env.FIRMSEAL_JWKS_URL) as NodeJS.ProcessEnv);
		expect(found).toEqual({ ...KEYS, ok: false, fix: expect.stringMatching(expected) });
		expect(others).toMatchObject([{ ok: null }]);
	});
});
