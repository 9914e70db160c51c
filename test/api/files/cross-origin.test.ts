import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeScene, type Scene } from '../../attacks/scene.ts';
import { contentOf, type FileAnswer, filesAt, makeDocument } from '../../support/files.ts';
import type { TestApi } from '../../support/installation.ts';

const PAGE = 'https://app.example';
const OTHER = 'https://evil.example';
/** The headers of an answer that a page of another origin may read, beyond those that any page may. */
const EXPOSED =
	'X-Request-Id, Retry-After, ETag, Location, Accept-Ranges, Content-Range, Content-Length, Content-Disposition';

let scene: Scene;
let opened: TestApi;
let document: string;
beforeAll(async () => {
	scene = await makeScene();
	opened = await scene.installation.serve({ FIRMSEAL_CORS_ORIGINS: PAGE });
	document = await makeDocument(scene.api.ask, scene.north.member, { name: 'deed.pdf' });
	await filesAt(scene.api.url).put(scene.north.member, document, 'a deed of gift');
});
afterAll(() => scene?.installation.close());

const crossOrigin = (headers: Headers) =>
	Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));

/** The preflight that a browser sends before a request that a form could not send. */
const preflight = (api: TestApi, path: string, method: string, origin = PAGE) =>
	fetch(api.url + path, {
		method: 'OPTIONS',
		headers: {
			origin,
			'access-control-request-method': method,
			'access-control-request-headers':
				'authorization,if-match,if-none-match,if-range,range,x-anything,x-firmseal-lease',
		},
	});

const newTicket = async (): Promise<string> => {
	const query = `mutation { createDownload(input: { documentId: "${document}" }) { path } }`;
	const { data } = await scene.api.ask(scene.north.member, query);
	return data.createDownload.path;
};

const FILES: readonly (readonly [method: string, path: () => string])[] = [
	['PUT', () => contentOf(document)],
	['GET', () => contentOf(document)],
	['HEAD', () => contentOf(document)],
	['GET', () => contentOf(document, 1)],
	['GET', () => '/downloads/a-ticket'],
];

describe('with an allowed origin in the settings', () => {
	it.each(FILES)('a preflight before %s lists exactly what its page may send', async (method, path) => {
		const answer = await preflight(opened, path(), method);
		expect([answer.status, await answer.text()]).toEqual([204, '']);
		expect(crossOrigin(answer.headers)).toEqual({
			'access-control-allow-origin': PAGE,
			'access-control-allow-methods': path().startsWith('/downloads/') ? 'GET' : 'GET, HEAD, PUT',
			'access-control-allow-headers':
				'Authorization, Content-Type, X-Firmseal-Lease, Apollo-Require-Preflight, X-Apollo-Operation-Name, ApolloGraphQL-Client-Name, ApolloGraphQL-Client-Version, Range, If-Range, If-Match, If-None-Match',
			'access-control-expose-headers': EXPOSED,
			'access-control-max-age': '600',
		});
		expect(answer.headers.get('vary')).toBe('Origin');
		expect(answer.headers.get('cache-control')).toBe('no-store');
	});

	it.each([OTHER, `${PAGE}.evil.example`, 'http://app.example', `${PAGE}:444`, 'null', PAGE.toUpperCase()])(
		'a page of %s gets no CORS headers and cannot read any response',
		async (origin) => {
			const files = filesAt(opened.url);
			for (const [method, path] of FILES) {
				const refused = await preflight(opened, path(), method, origin);
				expect([method, refused.status, crossOrigin(refused.headers)]).toEqual([method, 405, {}]);
			}
			const answers = [
				await files.get(scene.north.member, contentOf(document), { origin }),
				await files.get(null, contentOf(document), { origin }),
				await files.get(null, await newTicket(), { origin }),
			];
			expect(answers.map(({ status }) => status)).toEqual([200, 401, 200]);
			// A cache with the answer for another origin must not serve it to this page.
			for (const { headers } of answers) expect([crossOrigin(headers), headers.get('vary')]).toEqual([{}, 'Origin']);
		},
	);

	it('its page may read every response, also an error, with the headers that it needs', async () => {
		const files = filesAt(opened.url);
		const { member } = scene.north;
		const path = contentOf(document);
		const origin = { origin: PAGE };
		const whole = await files.get(member, path, origin);
		const etag = whole.headers.get('etag') ?? '';
		const upload = await makeDocument(scene.api.ask, member);
		const answers: Record<string, FileAnswer> = {
			whole,
			part: await files.get(member, path, { ...origin, range: 'bytes=2-5' }),
			head: await files.head(member, path, origin),
			version: await files.get(member, contentOf(document, 1), origin),
			unchanged: await files.get(member, path, { ...origin, 'if-none-match': etag }),
			changed: await files.get(member, path, { ...origin, 'if-match': '"another"' }),
			beyond: await files.get(member, path, { ...origin, range: 'bytes=900-' }),
			ticket: await files.get(null, await newTicket(), origin),
			taken: await files.get(null, '/downloads/a-ticket', origin),
			anonymous: await files.get(null, path, origin),
			stranger: await files.get(scene.harbour.member, path, origin),
			uploaded: await files.put(member, upload, 'new', origin),
			refused: await files.put(null, upload, 'new', origin),
		};
		expect(Object.fromEntries(Object.entries(answers).map(([name, { status }]) => [name, status]))).toEqual({
			whole: 200,
			part: 206,
			head: 200,
			version: 200,
			unchanged: 304,
			changed: 412,
			beyond: 416,
			ticket: 200,
			taken: 404,
			anonymous: 401,
			stranger: 404,
			uploaded: 201,
			refused: 401,
		});
		for (const [name, { headers }] of Object.entries(answers)) {
			expect(crossOrigin(headers), name).toEqual({
				'access-control-allow-origin': PAGE,
				'access-control-expose-headers': EXPOSED,
			});
			expect([name, headers.get('vary')]).toEqual([name, 'Origin']);
			// Browsers apply this header if a page embeds an answer, not if a script fetches it by CORS (Fetch, 3.7).
			expect([name, headers.get('cross-origin-resource-policy')]).toEqual([name, 'same-origin']);
		}
		expect(answers.part?.bytes.toString()).toBe('deed');
		const exposed = EXPOSED.split(', ').map((name) => answers.part?.headers.get(name) ?? null);
		expect(exposed).toEqual([
			expect.any(String),
			null,
			etag,
			null,
			'bytes',
			'bytes 2-5/14',
			'4',
			expect.stringContaining('deed.pdf'),
		]);
		expect(answers.uploaded?.headers.get('location')).toBe(contentOf(upload, 1));
	});

	it('only the file routes answer a preflight', async () => {
		for (const path of ['/health/live', '/metrics', '/', '/nothing-there']) {
			const answer = await preflight(opened, path, 'GET');
			expect([path, answer.status, crossOrigin(answer.headers)]).toEqual([path, 404, {}]);
		}
	});
});

describe('without allowed origins in the settings', () => {
	it('no page of another origin may read a response, and preflights are not answered', async () => {
		const files = filesAt(scene.api.url);
		for (const [method, path] of FILES) {
			const refused = await preflight(scene.api, path(), method);
			expect([method, refused.status, crossOrigin(refused.headers)]).toEqual([method, 405, {}]);
		}
		const read = await files.get(scene.north.member, contentOf(document), { origin: PAGE });
		const written = await files.put(scene.north.member, document, 'again', { origin: PAGE });
		expect([read.status, written.status]).toEqual([200, 201]);
		for (const { headers } of [read, written]) expect([crossOrigin(headers), headers.get('vary')]).toEqual([{}, null]);
	});
});
