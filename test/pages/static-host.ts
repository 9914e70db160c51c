import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { listen } from '../support/listen.ts';
import { PROJECT } from '../system/program.ts';

const BUILD = join(PROJECT, 'web/dist');
const TYPES: Readonly<Record<string, string>> = {
	'.html': 'text/html; charset=utf-8',
	'.js': 'text/javascript',
	'.css': 'text/css',
	'.svg': 'image/svg+xml',
	'.json': 'application/json',
};

/** The headers that docs/how-to/host-the-pages.md tells a deployer to send, for this API and this provider. */
function documentedHeaders(api: string, issuer: string): ReadonlyMap<string, string> {
	const guide = readFileSync(join(PROJECT, 'docs/how-to/host-the-pages.md'), 'utf8');
	const named = guide.replaceAll('https://api.example', api).replaceAll('https://id.example', issuer);
	return new Map([...named.matchAll(/^ {3}([A-Z][\w-]+): (.+)$/gm)].map(([, name = '', value = '']) => [name, value]));
}

/** A host that has the pages alone, under an origin of their own, which to a browser is another site than the API. */
export async function startStaticHost() {
	let settings = {};
	let headers: ReadonlyMap<string, string> = new Map();
	const server = createServer(({ url = '' }, response) => {
		const { pathname } = new URL(url, 'http://pages');
		for (const [name, value] of headers) response.setHeader(name, value);
		if (pathname === '/assets/config.json')
			return response.setHeader('content-type', 'application/json').end(JSON.stringify(settings));
		const path = join(BUILD, extname(pathname) === '' ? `${pathname}/index.html` : pathname);
		if (!existsSync(path)) return response.writeHead(404).end();
		return response.setHeader('content-type', TYPES[extname(path)] ?? 'text/plain').end(readFileSync(path));
	});
	const origin = `http://localhost:${await listen(server)}`;
	return {
		origin,
		/** What is known once the API and the provider have started. */
		configure(given: {
			readonly api: string;
			readonly issuer: string;
			readonly client: string;
			readonly audience: string;
		}) {
			settings = { scope: 'openid', ...given };
			headers = documentedHeaders(given.api, given.issuer);
		},
		headers: () => headers,
		stop() {
			server.close();
			server.closeAllConnections();
		},
	};
}
