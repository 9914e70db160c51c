import { CombinedGraphQLErrors, ServerParseError } from '@apollo/client/errors';
import { describe, expect, it } from 'vitest';
import { whySessionEnded } from '../../../src/access/sign-in-freshness.ts';
import { VaultRefusal } from '../../../src/client/worker/index.ts';
import { FirmsealError } from '../../../src/errors.ts';
import { failureOf, IS_SIGNED_OUT, isConflict, secondsOf } from '../../../web/kit/api/errors.ts';
import { refusalOf } from '../../../web/kit/api/refusal.ts';

const refused = (body: string, init: ResponseInit) => refusalOf(new Response(body, init)).then(failureOf);
const graphql = (message: string, extensions: object) =>
	failureOf(new CombinedGraphQLErrors({ errors: [{ message, extensions }] } as never));

describe('what a page says of a failure', () => {
	it('is the problem that a file route answers, and how long to wait', async () => {
		const body = JSON.stringify({
			status: 503,
			code: 'INTERNAL',
			detail: 'Files are unavailable now: try again later.',
		});
		expect(await refused(body, { status: 503, headers: { 'retry-after': '5' } })).toEqual({
			code: 'INTERNAL',
			message: 'Files are unavailable now: try again later.',
			retryAfter: 5,
			maxAge: null,
		});
	});

	it.each([
		[502, '<h1>Bad gateway</h1>', 'NETWORK', /\(502\)/],
		[503, '', 'NETWORK', /\(503\)/],
		[413, '<h1>Too large</h1>', 'PAYLOAD_TOO_LARGE', /Make it smaller/],
		[403, 'no', 'NETWORK', /refused this \(403\)/],
	])('is a sentence for %i of a proxy', async (status, body, code, sentence) => {
		const failure = await refused(body, { status });
		expect(failure.code).toBe(code);
		expect(failure.message).toMatch(sentence);
	});

	it('says that no answer came, or not in full', () => {
		expect(failureOf(new TypeError('Failed to fetch'))).toMatchObject({ code: 'NETWORK', retryAfter: null });
		const cut = new ServerParseError(new SyntaxError('Unexpected end'), { response: new Response(), bodyText: '{' });
		expect(failureOf(cut)).toMatchObject({ code: 'NETWORK', message: expect.stringContaining('cut off') });
	});

	it('has the code and the sentence of a device that refuses', () => {
		const refused = new VaultRefusal({
			code: 'INTERNAL',
			message: 'Close all tabs.',
			reason: 'store-newer',
			detail: null,
		});
		expect(failureOf(refused)).toMatchObject({ code: 'INTERNAL', message: 'Close all tabs.' });
		expect(failureOf(new FirmsealError('KEY_UNAVAILABLE', 'No key here.'))).toMatchObject({
			code: 'KEY_UNAVAILABLE',
			message: 'No key here.',
		});
		expect(failureOf(new Error('Choose first.'))).toMatchObject({ code: 'PAGE', message: 'Choose first.' });
	});

	it('takes the conflict of a device for none of the API, which had stored an earlier attempt', () => {
		expect(isConflict(new FirmsealError('CONFLICT', 'Read the log again.'))).toBe(false);
		expect(
			isConflict(new CombinedGraphQLErrors({ errors: [{ message: 'x', extensions: { code: 'CONFLICT' } }] })),
		).toBe(true);
	});

	it('does not call a change undone that stays', () => {
		const stays = "Not recorded. The mutation's changes stay: check them before you repeat it.";
		expect(graphql(stays, { code: 'AUDIT_UNAVAILABLE' }).message).toBe(stays);
		expect(graphql('Not recorded.', { code: 'AUDIT_UNAVAILABLE' }).message).toContain('Nothing is lost.');
	});

	it('keeps the API’s reason of a limit, the wait, and the age of the sign-in', () => {
		const limit = 'You have asked for 10 leases on this firm within an hour.';
		expect(graphql(limit, { code: 'RATE_LIMITED' })).toMatchObject({ message: limit, retryAfter: null });
		expect(graphql('x', { code: 'RATE_LIMITED', retryAfter: 7 }).retryAfter).toBe(7);
		expect(graphql('x', { code: 'FORBIDDEN', maxAge: 300 }).maxAge).toBe(300);
	});

	it('reads only seconds of Retry-After', () => {
		const waits = (value: string) => secondsOf(new Response('', { headers: { 'retry-after': value } }));
		expect([waits('12'), waits('Wed, 21 Oct 2026 07:28:00 GMT'), secondsOf(new Response(''))]).toEqual([
			12,
			null,
			null,
		]);
	});
});

it('knows the API’s sentence for a person who has signed out everywhere', () => {
	const ended = whySessionEnded({ issuedAt: new Date(0), authTime: null }, new Date(1));
	expect(ended).toMatch(IS_SIGNED_OUT);
	expect('The token has expired: sign in again.').not.toMatch(IS_SIGNED_OUT);
});
