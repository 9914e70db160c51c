import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { RuruClientConfig } from 'ruru/server';
import type { Logger } from '../logger.ts';

const PAGE = '/graphiql';
const ASSETS = `${PAGE}/assets/`;

/** A token is typed into the headers of each query; the page itself has none. */
const CLIENT = { defaultHeaders: JSON.stringify({ Authorization: 'Bearer ' }, null, 2) } as RuruClientConfig;

/**
 * GET /graphiql, for development: Ruru's GraphiQL with everything it loads, from here. Without that package, which
 * `npm ci --omit=dev` leaves out, there is no page.
 */
export async function addGraphiqlPage(app: FastifyInstance, logger: Logger): Promise<void> {
	const ruru = await loadRuru();
	if (!ruru) {
		logger.info({}, 'no GraphiQL page: the development package ruru is not installed');
		return;
	}
	const html = ruru.page.ruruHTML({ endpoint: '/graphql', staticPath: ASSETS, clientConfig: CLIENT });
	const policy = policyOf(html);

	app.get(PAGE, (_, reply) =>
		reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(html),
	);
	app.get<{ Params: { file: string } }>(`${ASSETS}:file`, async (request, reply) => {
		const file = await ruru.assets.getStaticFile({
			staticPath: ASSETS,
			urlPath: ASSETS + request.params.file,
			acceptEncoding: request.headers['accept-encoding'],
			disallowDevAssets: true,
		});
		if (!file) return reply.callNotFound();
		// Its workers go by the policy of their own file.
		return reply.headers({ ...file.headers, 'content-security-policy': policy }).send(file.content);
	});
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

/** Runs the scripts that are in the page and those of its own origin, and reaches nothing but that origin. */
function policyOf(html: string): string {
	const inline = [...html.matchAll(/<script[^>]*>(.*?)<\/script>/gs)].map(([, script = '']) => script);
	const hashes = inline.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
	return [
		"default-src 'none'",
		`script-src 'self' ${hashes.join(' ')}`,
		"worker-src 'self'",
		"connect-src 'self'",
		// The editor makes style elements as it goes.
		"style-src 'self' 'unsafe-inline'",
		"img-src 'self' data:",
		"font-src 'self' data:",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	].join('; ');
}
