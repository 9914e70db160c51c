import { createServer, request as forward, type IncomingHttpHeaders } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { listen } from '../support/listen.ts';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const ENTRIES = [
	{ in: 'canary-page.ts', out: 'canary-page' },
	{ in: '../client/worker/worker.ts', out: 'worker' },
];

/**
 * The origin of the application: its page and worker, and before the API a proxy that keeps every byte that the API receives and answers.
 */
export async function serveCanaryPage(api: string) {
	const files = await bundled();
	const parts: Buffer[] = [];
	const { hostname, port: apiPort } = new URL(api);
	const server = createServer((request, response) => {
		const { url = '/', method, headers } = request;
		const script = files.get(url);
		if (script !== undefined || url === '/') {
			response.writeHead(200, { 'content-type': script === undefined ? 'text/html' : 'text/javascript' });
			return void response.end(script ?? '<!doctype html><title>application</title>');
		}
		parts.push(Buffer.from(`\n${method} ${url}\n${textOf(headers)}\n`));
		const { 'accept-encoding': _, ...passed } = headers;
		const onward = forward({ hostname, port: apiPort, method, path: url, headers: passed }, (answer) => {
			parts.push(Buffer.from(`\n${answer.statusCode}\n${textOf(answer.headers)}\n`));
			response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
			answer.on('data', (part: Buffer) => parts.push(part));
			answer.pipe(response);
		});
		onward.on('error', () => response.destroy());
		request.on('data', (part: Buffer) => parts.push(part));
		request.pipe(onward);
	});
	// Workers and IndexedDB work at localhost without a certificate.
	const url = `http://localhost:${await listen(server)}`;
	return {
		url,
		/** Requests and answers, in the order of their parts. */
		received: () => Buffer.concat(parts),
		async close() {
			server.closeAllConnections();
			await new Promise((closed) => server.close(closed));
		},
	};
}

const textOf = (headers: IncomingHttpHeaders): string => JSON.stringify(headers);

async function bundled(): Promise<ReadonlyMap<string, string>> {
	const { outputFiles } = await build({
		entryPoints: ENTRIES,
		absWorkingDir: FOLDER,
		outdir: '/',
		bundle: true,
		splitting: true,
		format: 'esm',
		minify: true,
		write: false,
		logLevel: 'silent',
	});
	return new Map(outputFiles.map(({ path, text }) => [path, text]));
}
