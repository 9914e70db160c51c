import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../database/two-firms.ts';
import { claimsOf } from '../support/claims.ts';
import type { Person, TestApi } from '../support/installation.ts';
import { makeScene, type Scene } from './scene.ts';

const SIGN_OUT = 'mutation { signOutEverywhere { userId } }';
const VIEWER = '{ viewer { id } }';

let scene: Scene;
/** A server of another process, for all that it shares with the first. */
let other: TestApi;
beforeAll(async () => {
	scene = await makeScene();
	other = await scene.installation.serve();
});
afterAll(() => scene?.installation.close());

const seconds = () => Math.floor(Date.now() / 1000);

/** A token of the person with times in seconds after `now`. */
function tokenAt(
	person: Person,
	now: number,
	{ iat = 0, auth_time = iat }: { readonly iat?: number; readonly auth_time?: number | string | null } = {},
): string {
	const jwk = JSON.parse(readFileSync(join(scene.installation.directory, 'issuer', 'issuer-key.json'), 'utf8'));
	const [header] = String(person).split('.');
	const times = { iat: now + iat, exp: now + iat + 3600 };
	const signedIn = typeof auth_time === 'number' ? now + auth_time : (auth_time ?? undefined);
	const claims = { ...claimsOf(String(person)), ...times, auth_time: signedIn };
	const signed = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
	const key = createPrivateKey({ key: jwk, format: 'jwk' });
	return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
}

const codeAt = async (api: TestApi, token: string) => {
	const { errors } = await api.ask(token, VIEWER);
	return errors[0]?.extensions.code ?? 'OK';
};

describe('signOutEverywhere', () => {
	it.each(['member', 'client', 'operator'] as const)('ends every session of a %s, and no one else’s', async (who) => {
		const person = who === 'operator' ? scene.operator : scene.north[who];
		const user = claimsOf(String(person)).sub;
		const now = seconds();
		const tokens = [-3000, -60, -1, 0, 3].map((iat) => tokenAt(person, now, { iat }));
		for (const token of tokens) expect(await codeAt(scene.api, token)).toBe('OK');
		const ended = await scene.api.ask(tokens[4] ?? '', SIGN_OUT);
		expect([ended.errors, ended.data]).toEqual([[], { signOutEverywhere: { userId: user } }]);
		for (const api of [scene.api, other])
			for (const token of tokens) expect(await codeAt(api, token)).toBe('UNAUTHENTICATED');
		const { errors } = await scene.api.ask(tokens[1] ?? '', VIEWER);
		expect(errors[0]?.message).toBe('You have ended all sessions of this account: sign in again.');
		expect(await codeAt(scene.api, String(scene.north.owner))).toBe('OK');
		expect(await scene.entriesOf(ended)).toMatchObject([
			{
				action: 'session.end',
				actor: { user },
				firm: who === 'operator' ? null : scene.north.id,
				records: [user],
			},
		]);
		// The last token was three seconds ahead, or the database's clock has passed it.
		const [row] =
			await scene.admin`select ceil(extract(epoch from sessions_ended_at))::int - 4 as after from users where id = ${user ?? ''}`;
		const after = row?.after as number;
		expect(after).toBeGreaterThanOrEqual(now);
		expect(await codeAt(other, tokenAt(person, after, { iat: 4 }))).toBe('OK');
		// A new token from an old sign-in is as old as the sign-in, and one that hides its sign-in is as old as itself.
		expect(await codeAt(other, tokenAt(person, after, { iat: 4, auth_time: 3 }))).toBe('UNAUTHENTICATED');
		expect(await codeAt(other, tokenAt(person, after, { iat: 4, auth_time: 'yesterday' }))).toBe('UNAUTHENTICATED');
		expect(await codeAt(other, tokenAt(person, after, { iat: 4, auth_time: null }))).toBe('OK');
	});

	it('lets a sign-in right after it work, with the clock as it is', async () => {
		const token = tokenAt(scene.harbour.member, seconds());
		expect((await scene.api.ask(token, SIGN_OUT)).status).toBe(200);
		expect(await codeAt(scene.api, tokenAt(scene.harbour.member, seconds()))).toBe('OK');
		expect(await codeAt(scene.api, token)).toBe('UNAUTHENTICATED');
	});

	it('cannot be done to anyone of another firm or side by a plane’s login', async () => {
		const userOf = (person: Person) => claimsOf(String(person)).sub ?? '';
		const call = (plane: 'firm' | 'operator', firm: string, person: Person) =>
			codeOf(
				scene.installation.signIn(plane).begin(async (tx) => {
					await tx.unsafe(`set local role firmseal_${plane}`);
					await tx`select set_config('firmseal.firm', ${firm}, true)`;
					await tx`select public.end_sessions(${userOf(person)}, now())`;
				}),
			);
		expect(await call('firm', scene.north.id, scene.harbour.owner)).toBe('42501');
		expect(await call('firm', scene.north.id, scene.operator)).toBe('42501');
		expect(await call('operator', '', scene.north.owner)).toBe('42501');
		expect(await codeAt(scene.api, String(scene.harbour.owner))).toBe('OK');
	});
});
