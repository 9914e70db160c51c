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

/** An owner's token, signed by the issuer, with one forged property. The refusal names that property. */
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

/** Tokens that the issuer signed for this audience and person, but for another use, for another holder, or for too long. */
export const tokenKinds: Area = {
	title: 'Tokens for another purpose',
	attacks: [
		refused('A token of another type: logout, security event, DPoP proof; and one without a type', /type \(typ\)/, () =>
			['logout+jwt', 'secevent+jwt', 'dpop+jwt', 'application/jwt-other', undefined].map((typ) => ({
				header: { typ },
			})),
		),
		refused(
			'A token with the type of RFC 9068, without jti, without client_id, without iat',
			/^The token lacks (jti|client_id|iat), which its type/,
			() => [
				{ claims: { jti: undefined } },
				{ claims: { client_id: undefined, azp: 'firmseal-cli' } },
				{ claims: { iat: undefined } },
			],
		),
		refused(
			'A token of another application, in azp, client_id, cid or appid, also next to an accepted one',
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
		refused('A token that is bound to a key (`cnf`), without a proof of the key', /bound to a key/, () => [
			{ claims: { cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } } },
			{ claims: { cnf: { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' } } },
			{ claims: { cnf: {} }, header: { typ: 'JWT' } },
		]),
		refused('A token whose `iat` is in the future, missing, or text', /\(iat\)/, () => [
			{ claims: { iat: now() + 600 } },
			{ claims: { iat: undefined }, header: { typ: 'JWT' } },
			{ claims: { iat: String(now()) } },
		]),
		refused(
			'A token that is valid for just over a day, for ten years, or until a date that no calendar has',
			/valid for more than 86400 seconds/,
			() => [{ ends: DAY + 5 }, { ends: 3650 * DAY }, { ends: 1e200 }, { claims: { iat: now() - 3650 * DAY } }],
		),
		refused(
			'An ID token instead of an access token: by its nonce, a hash, its audience, or its declared type',
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
