import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import type { RuruClientConfig, RuruConfig } from 'ruru/server';
import type { Logger } from '../logger.ts';
import { addDemoTokens, type Demo } from './demo-tokens.ts';

const PAGE = '/graphiql';
const ASSETS = `${PAGE}/assets/`;

const PEOPLE = 'people.js';

/** The user types a token into the headers of each query. The page itself has none. */
const CLIENT = { defaultHeaders: JSON.stringify({ Authorization: 'Bearer ' }, null, 2) } as RuruClientConfig;

/**
 * GET /graphiql, for development: Ruru's GraphiQL and all its assets, served from here. Without the package ruru, which `npm ci
 * --omit=dev` leaves out, there is no page. With the demo, the page lets its user choose a person.
 * @returns the path, and the URL path that opens the page with the demo's people; null if there is no page.
 */
export async function addGraphiqlPage(
	app: FastifyInstance,
	logger: Logger,
	demo: Demo | null,
): Promise<{ readonly path: string; readonly opens: string } | null> {
	const ruru = await loadRuru();
	if (!ruru) {
		logger.info({}, 'no GraphiQL page: the development package ruru is not installed');
		return null;
	}
	const html = ruru.page.ruruHTML({
		endpoint: '/graphql',
		staticPath: ASSETS,
		clientConfig: CLIENT,
		...(demo && withPeople(demo)),
	});
	const policy = policyOf(html);

	app.get(PAGE, (_, reply) =>
		reply
			.headers({ 'content-security-policy': policy, 'cross-origin-opener-policy': 'same-origin' })
			.type('text/html; charset=utf-8')
			.send(html),
	);
	if (demo) {
		const script = await readFile(new URL('graphiql-people.js', import.meta.url));
		app.get(ASSETS + PEOPLE, (_, reply) => reply.type('text/javascript; charset=utf-8').send(script));
		addDemoTokens(app, `${PAGE}/token`, demo);
	}
	app.get<{ Params: { file: string } }>(`${ASSETS}:file`, async (request, reply) => {
		const file = await ruru.assets.getStaticFile({
			staticPath: ASSETS,
			urlPath: ASSETS + request.params.file,
			acceptEncoding: request.headers['accept-encoding'],
			disallowDevAssets: true,
		});
		if (!file) return reply.callNotFound();
		// Its workers obey the policy of their own file.
		return reply.headers({ ...file.headers, 'content-security-policy': policy }).send(file.content);
	});
	return { path: PAGE, opens: demo ? `${PAGE}#${demo.secret}` : PAGE };
}

async function loadRuru() {
	try {
		const [page, assets] = await Promise.all([import('ruru/server'), import('ruru/static')]);
		return { page, assets };
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return null;
		throw error;
	}
}

/** Adds a bar above GraphiQL to choose a person. Our own script starts GraphiQL. */
function withPeople({ people, example }: Demo): RuruConfig {
	const organisations = Map.groupBy(people, ({ email }) => email.split('@')[1] ?? '');
	const groups = [...organisations].map(
		([name, of]) =>
			`<optgroup label="${name}">${of.map(({ email }) => `<option>${email}</option>`).join('')}</optgroup>`,
	);
	const bar = `<header id="people"><label for="person">Ask as</label>
<select id="person">${groups.join('')}<option value="">the owner of the token under Headers</option></select>
<output id="note"></output></header>`;
	return {
		clientConfig: { ...CLIENT, defaultQuery: example },
		htmlParts: {
			// Otherwise the browser requests an icon.
			metaTags: (original) => `${original}\n<link rel="icon" href="data:,">`,
			styleTags: (original) => `${original}\n<style>${STYLE}</style>`,
			bodyContent: (original) => `${bar}\n${original}`,
			bodyInitScript: `<script type="module" src="${ASSETS}${PEOPLE}"></script>`,
		},
	};
}

/** Follows GraphiQL's light or dark theme, which it sets as a class of the body. */
const STYLE = `
body { display: flex; flex-direction: column; height: 100vh; color-scheme: light dark; background: Canvas; color: CanvasText; }
body.graphiql-light { color-scheme: light; }
body.graphiql-dark { color-scheme: dark; }
#people { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; padding: 0.5rem 1rem; font: 1rem system-ui, sans-serif; }
#person { font: inherit; }
#ruru-root { flex: 1; height: auto; min-height: 0; }
`;

/** Allows the inline scripts of the page and scripts of its own origin, and no other origin. */
function policyOf(html: string): string {
	const inline = [...html.matchAll(/<script[^>]*>(.+?)<\/script>/gs)].map(([, script = '']) => script);
	const hashes = inline.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
	return [
		"default-src 'none'",
		`script-src 'self' ${hashes.join(' ')}`,
		"worker-src 'self'",
		"connect-src 'self'",
		// The editor creates style elements.
		"style-src 'self' 'unsafe-inline'",
		"img-src 'self' data:",
		"font-src 'self' data:",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	].join('; ');
}
