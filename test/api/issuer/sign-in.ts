import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openLocalIssuer } from '../../../src/adapters/issuer-local/index.ts';
import { addIssuerRoutes, type DemoSignIn } from '../../../src/api/issuer/index.ts';
import { startServer } from '../http/start-server.ts';

const VERIFIER = 'v'.repeat(43);
const challengeOf = (verifier: string) => createHash('sha256').update(verifier).digest('base64url');

const PEOPLE: DemoSignIn['people'] = [
	{ email: 'owner@firm.example', subject: 's-owner', side: 'firm', organisation: 'Firm & Sons', roles: ['OWNER'] },
	{ email: 'client@firm.example', subject: 's-client', side: 'firm', organisation: 'Firm & Sons', roles: ['CLIENT'] },
	{
		email: 'op@platform.example',
		subject: 's-op',
		side: 'operator',
		organisation: 'The platform',
		roles: ['OPERATOR'],
	},
];

interface Sent {
	readonly method?: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
}

/** A server with the built-in issuer, a browser's cookie, and a clock that the test sets. */
export async function startIssuer() {
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-issuer-'));
	onTestFinished(() => rmSync(directory, { recursive: true }));
	const time = { now: Date.parse('2026-12-01T12:00:00.400Z') };
	const now = () => new Date(time.now);
	const names = { issuer: 'firmseal-development', audience: 'firmseal' };
	const signer = await openLocalIssuer({ directory, ...names, client: 'firmseal-cli', maxSeconds: 86_400, now });
	const server = await startServer({
		onlyThisMachine: true,
		routes: (app) =>
			addIssuerRoutes(app, { people: PEOPLE, signer, seconds: 3600, now, clock: { now: () => time.now } }),
	});
	const { origin } = server;
	const browser = { cookie: '' };

	/** Unlike fetch(), any header can be set, and no redirect is followed. */
	const send = (path: string, { method = 'GET', headers = {}, body = '' }: Sent = {}) =>
		new Promise<{ status: number; headers: Record<string, string>; text: string }>((resolve, reject) => {
			const own = browser.cookie ? { cookie: browser.cookie } : {};
			const length = body ? { 'content-length': String(Buffer.byteLength(body)) } : {};
			const sent = requestHttp(origin + path, { method, headers: { ...own, ...length, ...headers } }, (answer) => {
				let text = '';
				answer.setEncoding('utf8').on('data', (part: string) => {
					text += part;
				});
				answer.on('end', () => {
					const [cookie] = answer.headers['set-cookie'] ?? [];
					if (cookie) browser.cookie = cookie.includes('Max-Age=0') ? '' : (cookie.split(';')[0] ?? '');
					const flat = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
					resolve({ status: answer.statusCode ?? 0, headers: Object.fromEntries(flat), text });
				});
			});
			sent.on('error', reject);
			sent.end(body);
		});

	const query = (changes: Readonly<Record<string, string | null>> = {}) => {
		const all = {
			client_id: 'firmseal-pages',
			redirect_uri: `${origin}/`,
			response_type: 'code',
			scope: 'openid',
			state: 'the state',
			nonce: 'the nonce',
			code_challenge: challengeOf(VERIFIER),
			code_challenge_method: 'S256',
			...changes,
		};
		return new URLSearchParams(Object.entries(all).filter((each): each is [string, string] => each[1] !== null));
	};
	const authorize = (changes?: Readonly<Record<string, string | null>>) => send(`/issuer/authorize?${query(changes)}`);
	const fromPage = { origin, 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' };
	type Changes = Readonly<Record<string, string | null>>;
	const choose = (choice: Readonly<Record<string, string>>, changes?: Changes, headers = {}) =>
		send('/issuer/sign-in', {
			method: 'POST',
			headers: { ...fromPage, ...headers },
			body: String(new URLSearchParams({ request: String(query(changes)), ...choice })),
		});
	const click = (email: string, changes?: Changes, headers = {}) => choose({ person: email }, changes, headers);
	const exchange = (code: string, changes: Readonly<Record<string, string>> = {}, headers = {}) =>
		send('/issuer/token', {
			method: 'POST',
			headers: { ...fromPage, ...headers },
			body: String(
				new URLSearchParams({
					grant_type: 'authorization_code',
					client_id: 'firmseal-pages',
					redirect_uri: `${origin}/`,
					code,
					code_verifier: VERIFIER,
					...changes,
				}),
			),
		});
	return { ...server, signer, names, time, now, browser, send, query, authorize, choose, click, exchange };
}

/** The parameters of a redirect. */
export const answerOf = ({ headers }: { readonly headers: Record<string, string> }) =>
	Object.fromEntries(new URL(headers.location ?? '').searchParams);
