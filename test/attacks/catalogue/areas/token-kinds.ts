import { expect } from 'vitest';
import { claimsOf, forgeToken } from '../../scene.ts';
import type { Area, Attack } from '../attack.ts';
import type { AttackAnswer, Stage } from '../stage.ts';

const NOTES = '{ notes { nodes { title } } }';
const DAY = 24 * 60 * 60;

interface Forged {
	readonly claims?: Readonly<Record<string, unknown>>;
	readonly header?: { readonly typ: string | undefined };
	/** Seconds from now. */
	readonly ends?: number;
}

const now = () => Math.floor(Date.now() / 1000);

/** An owner's token as the issuer signs it, but for what is forged of it; each is refused for this alone. */
const refused = (attack: string, why: RegExp, forge: () => readonly Forged[]): Attack => ({
	attack,
	expected: 'UNAUTHENTICATED',
	layer: 'identity',
	async run(stage) {
		const answers: AttackAnswer[] = [];
		for (const forged of forge()) {
			const told = await stage.ask(await sign(stage, forged), NOTES);
			expect(told.errors[0]?.message).toMatch(why);
			answers.push(told);
		}
		return { answers };
	},
});

const sign = (stage: Stage, { claims = {}, header = { typ: 'at+jwt' }, ends = 3600 }: Forged): Promise<string> =>
	forgeToken(
		stage.installation.directory,
		{ ...claimsOf(stage.north.owner), iat: now(), ...claims },
		now() + ends,
		header,
	);

/** Tokens that the issuer has truly signed for this audience and this person, but for another use, another holder or for too long. */
export const tokenKinds: Area = {
	title: 'Tokens that were made for something else',
	attacks: [
		refused(
			'A token of another type: of a logout, a security event, a DPoP proof, and one of no type',
			/type \(typ\)/,
			() =>
				['logout+jwt', 'secevent+jwt', 'dpop+jwt', 'application/jwt-other', undefined].map((typ) => ({
					header: { typ },
				})),
		),
		refused(
			'A token that calls itself an access token by RFC 9068, without jti, without client_id, without iat',
			/^The token lacks (jti|client_id|iat), which its type/,
			() => [
				{ claims: { jti: undefined } },
				{ claims: { client_id: undefined, azp: 'firmseal-cli' } },
				{ claims: { iat: undefined } },
			],
		),
		refused(
			'A token that another client was given, in azp, client_id, cid or appid, also beside a true one',
			/(names no application|application that is not accepted here)/,
			() => [
				{ claims: { client_id: 'elsewhere' } },
				{ claims: { azp: 'elsewhere' } },
				...['azp', 'cid', 'appid'].map((name) => ({
					claims: { client_id: undefined, [name]: 'elsewhere' },
					header: { typ: 'JWT' },
				})),
				{ claims: { client_id: undefined }, header: { typ: 'JWT' } },
				{ claims: { client_id: ['firmseal-cli'] } },
			],
		),
		refused('A token that is bound to a key (`cnf`), sent without a proof of the key', /bound to a key/, () => [
			{ claims: { cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } } },
			{ claims: { cnf: { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' } } },
			{ claims: { cnf: {} }, header: { typ: 'JWT' } },
		]),
		refused('A token that was made in the future, at no time, or at a time that is text', /\(iat\)/, () => [
			{ claims: { iat: now() + 600 } },
			{ claims: { iat: undefined }, header: { typ: 'JWT' } },
			{ claims: { iat: String(now()) } },
		]),
		refused(
			'A token of a second more than a day, of ten years, and one whose end is beyond all dates',
			/valid for more than 86400 seconds/,
			() => [{ ends: DAY + 5 }, { ends: 3650 * DAY }, { ends: 1e200 }, { claims: { iat: now() - 3650 * DAY } }],
		),
		refused(
			'An ID token instead of an access token: by its nonce, a hash, its audience, or what it says of itself',
			/is an ID token/,
			() => [
				...['nonce', 'at_hash', 'c_hash'].map((name) => ({
					claims: { [name]: 'n-0S6_WzA2Mj' },
					header: { typ: 'JWT' },
				})),
				{ claims: { aud: ['firmseal', 'firmseal-cli'] }, header: { typ: 'JWT' } },
				{ claims: { typ: 'ID' }, header: { typ: 'JWT' } },
				{ claims: { token_use: 'id' }, header: { typ: 'JWT' } },
			],
		),
	],
};
