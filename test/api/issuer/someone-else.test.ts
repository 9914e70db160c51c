import { describe, expect, it } from 'vitest';
import { claimsOf } from '../../support/claims.ts';
import { answerOf, startIssuer } from './sign-in.ts';

describe('someone else', () => {
	it('signs in by an address, which is verified in both tokens, always as the same subject', async () => {
		const { choose, exchange, authorize } = await startIssuer();
		const tokensOf = async (answer: Awaited<ReturnType<typeof authorize>>) =>
			JSON.parse((await exchange(answerOf(answer).code ?? '')).text);
		const first = await tokensOf(await choose({ address: ' New@Firm.example ' }));
		const email = { email: 'new@firm.example', email_verified: true };
		expect(claimsOf(first.access_token)).toMatchObject(email);
		expect(claimsOf(first.id_token)).toMatchObject(email);
		const { sub } = claimsOf(first.access_token);
		expect(sub).toMatch(/^address-[0-9a-f]{64}$/);
		expect(claimsOf(first.id_token).sub).toBe(sub);
		const again = await tokensOf(await authorize({ login_hint: 'new@firm.example' }));
		expect(claimsOf(again.access_token)).toMatchObject({ sub, ...email });
		const other = await tokensOf(await choose({ address: 'newer@firm.example' }));
		expect(claimsOf(other.access_token).sub).not.toBe(sub);
	});

	it('has a form of its own, filled in with the address of a fresh sign-in', async () => {
		const { authorize } = await startIssuer();
		const page = await authorize({ login_hint: 'x&y@firm.example', prompt: 'login' });
		expect(page.text).toContain(
			'name="address" required maxlength="200" autocomplete="off" value="x&amp;y@firm.example"',
		);
		for (const login_hint of ['owner@firm.example', 'OWNER@firm.example', '"><script>@firm.example x', null])
			expect((await authorize({ login_hint })).text).toContain('maxlength="200" autocomplete="off">');
	});

	it('is none of the list, and has an address', async () => {
		const { choose, authorize } = await startIssuer();
		for (const [choice, sentence] of [
			[{ address: 'owner@firm.example' }, 'choose them there'],
			[{ address: ' OWNER@Firm.example' }, 'choose them there'],
			[{ address: 'op@platform.example' }, 'choose them there'],
			[{ address: 'new@firm.example', person: 'op@platform.example' }, 'Choose one person'],
			[{ person: 'new@firm.example' }, 'Choose one of the people'],
			...[
				'',
				'new',
				'@firm.example',
				'new@',
				'a@b@c',
				'a b@firm.example',
				'a\n@firm.example',
				'n\u212Aw@firm.example',
			].map((address) => [{ address }, 'Write an e-mail address'] as const),
			[{ address: `${'a'.repeat(188)}@firm.example` }, 'Write an e-mail address'],
		] as const) {
			const { status, headers, text } = await choose(choice);
			expect([choice, status, headers['set-cookie'], headers.location]).toEqual([choice, 400, undefined, undefined]);
			expect(text).toContain(sentence);
		}
		const stranger = await choose({ address: 'new@firm.example' }, {}, { origin: 'https://evil.example' });
		expect(stranger.status).toBe(403);
		expect(answerOf(await authorize({ prompt: 'none', login_hint: 'new@firm.example' })).error).toBe('login_required');
		expect((await choose({ address: `${'a'.repeat(187)}@firm.example` })).status).toBe(303);
	});
});
