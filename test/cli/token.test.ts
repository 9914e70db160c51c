import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf } from '../support/claims.ts';
import { makeInstallation, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { firmseal, firmsealJson, spawned } from '../system/program.ts';

const token = (email: string) => ['token', '--user', email];

describe('firmseal token', () => {
	let installation: TestInstallation;

	beforeAll(async () => {
		installation = await makeInstallation(embedded);
		await installation.addFirm('north');
	});
	afterAll(() => installation?.close());

	it('prints a token that works, and nothing else', async () => {
		const { code, stdout, stderr } = await spawned(installation.env, ...token('Member@north.example'));
		expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
		expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
		const api = await installation.serve();
		const { data } = await api.ask(stdout.trim(), '{ viewer { email role } }');
		expect(data.viewer).toEqual({ email: 'member@north.example', role: 'MEMBER' });
		const claims = JSON.parse(Buffer.from(stdout.split('.')[1] ?? '', 'base64url').toString());
		expect(claims.exp - claims.iat).toBe(12 * 60 * 60);
		expect(JSON.stringify(claims)).not.toMatch(/north|member/i);
	});

	it('lasts no longer than the settings allow', async () => {
		const short = { ...installation.env, FIRMSEAL_JWT_MAX_LIFE_SECONDS: '3600' };
		const { code, result } = await firmsealJson(short, ...token('owner@north.example'));
		expect(code).toBe(0);
		const claims = claimsOf(result.token);
		expect(Number(claims.exp) - Number(claims.iat)).toBe(3600);
	});

	it('is one object with --json', async () => {
		const { code, ok, command, result } = await firmsealJson(installation.env, ...token('owner@north.example'));
		expect({ code, ok, command, result }).toEqual({
			code: 0,
			ok: true,
			command: 'token',
			result: { token: expect.stringMatching(/^ey/) },
		});
	});

	it('is refused for an address without an account', async () => {
		const { code, stdout, stderr } = await firmseal(installation.env, ...token('nobody@north.example'));
		expect({ code, stdout, stderr }).toEqual({
			code: 1,
			stdout: '',
			stderr: 'firmseal: No account has this e-mail address, and no invitation is open for it.\n',
		});
	});

	it('works for an invited person too, and needs --firm if the address is known in several firms', async () => {
		const api = await installation.serve();
		const south = await installation.addFirm('south');
		const [owner, email] = [await installation.person('owner@north.example'), 'member@south.example'];
		const ask = async (by: string, query: string) => (await api.ask(by, `mutation { ${query} }`)).data;
		await ask(`${south.owner}`, 'setFirmSignIn(input: { issuers: [], domains: ["south.example"] }) { firm { id } }');
		const join = async (by: string, address: string) => {
			const { inviteMember } = await ask(
				by,
				`inviteMember(input: { email: "${address}", name: "N", role: MEMBER }) { path }`,
			);
			const { result } = await firmsealJson(installation.env, ...token(address));
			const invitation = inviteMember.path.split('=')[1];
			return ask(result.token, `acceptInvitation(input: { invitation: "${invitation}" }) { firmId }`);
		};
		expect(await join(`${south.owner}`, 'new@south.example')).toEqual({ acceptInvitation: { firmId: south.id } });
		await installation.addMember(owner, { email });
		const unclear = await firmsealJson(installation.env, ...token(email));
		expect(unclear).toMatchObject({ code: 1, error: { code: 'BAD_USER_INPUT' } });
		const { result } = await firmsealJson(installation.env, ...token(email), '--firm', 'south');
		expect((await api.ask(result.token, '{ viewer { firm { slug } } }')).data.viewer.firm).toEqual({ slug: 'south' });
	});

	it('is refused if tokens come from an external issuer', async () => {
		const external = {
			FIRMSEAL_JWT_ISSUER: 'https://id.example',
			FIRMSEAL_JWT_AUDIENCE: 'firmseal',
			FIRMSEAL_JWKS_URL: 'https://id.example/keys',
		};
		const { code, stdout, stderr } = await firmseal(
			{ ...installation.env, ...external },
			...token('owner@north.example'),
		);
		expect({ code, stdout, stderr }).toEqual({
			code: 1,
			stdout: '',
			stderr: 'firmseal: Tokens come from the issuer in FIRMSEAL_JWT_ISSUER: get a token there.\n',
		});
	});
});
