import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { SetupError } from '../../errors.ts';
import { createProblem, NOT_FOUND } from './problem.ts';
import { sendProblem } from './send-error.ts';

/** What /assets/config.json tells the pages (web/kit/settings.ts). */
interface PageSettings {
	readonly api: string;
	readonly issuer: string;
	readonly client: string;
	readonly scope: string;
	readonly audience: string;
}

export interface PagesOptions {
	/** Each page's path, and its file in the build. */
	readonly pages: Readonly<Record<string, string>>;
	readonly settings: PageSettings;
	/** Origins that the pages may call besides their own: the identity provider's. */
	readonly connect: readonly string[];
	/** Pending while the pages are built. */
	readonly build: Promise<Build | null>;
}

/** The pages of each kind of principal. The workspace of a server that has none is the console. */
export const PAGES = {
	firm: { '/': 'index.html' },
	operator: { '/operator': 'operator/index.html' },
	all: { '/verify': 'verify/index.html' },
} as const;

const BUILD = new URL('../../../web/dist/', import.meta.url);
const MANIFEST = 'manifest.json';

interface BuiltFile {
	readonly type: string;
	readonly etag: string;
	readonly plain: Buffer;
	/** Compressed when it is first asked for. */
	zipped?: Promise<Buffer>;
}

export type Build = ReadonlyMap<string, BuiltFile>;

const TYPES: Readonly<Record<string, string>> = {
	'.html': 'text/html; charset=utf-8',
	'.js': 'text/javascript; charset=utf-8',
	'.css': 'text/css; charset=utf-8',
	'.svg': 'image/svg+xml',
	'.json': 'application/json',
};

const compress = promisify(gzip);

/**
 * Reads the build of web/: exactly the files of its manifest.
 * @returns null without a build. @throws SetupError if a file differs from the manifest
 */
export async function readBuild(folder = BUILD): Promise<Build | null> {
	const manifest = await readFile(new URL(MANIFEST, folder), 'utf8').catch(() => null);
	if (manifest === null) return null;
	const { files } = JSON.parse(manifest) as { readonly files: Readonly<Record<string, string>> };
	const own = createHash('sha256').update(manifest).digest('hex');
	const built = await Promise.all(
		Object.entries({ ...files, [MANIFEST]: own }).map(
			async ([path, sha256]) => [path, await readBuiltFile(folder, path, sha256)] as const,
		),
	);
	return new Map(built);
}

async function readBuiltFile(folder: URL, path: string, sha256: string): Promise<BuiltFile> {
	const plain = await readFile(new URL(path, folder)).catch(() => Buffer.alloc(0));
	if (createHash('sha256').update(plain).digest('hex') !== sha256)
		throw new SetupError(`web/dist/${path} is not the file that was built: run npm run build:web.`);
	return { type: TYPES[extname(path)] ?? 'application/octet-stream', etag: `"${sha256}"`, plain };
}

/** A year: the name of such a file has a hash of its content. */
const FOREVER = 'public, max-age=31536000, immutable';
const ALWAYS_ASK = 'no-cache';

/** GET of each page, of its assets, and of their settings. */
export function addPages(app: FastifyInstance, { pages, settings, connect, build }: PagesOptions): void {
	let files: Build | null | undefined;
	build.then(
		(built) => {
			files = built;
		},
		() => {
			files = null;
		},
	);
	const send = async (request: FastifyRequest, reply: FastifyReply, path: string, caching: string) => {
		const file = files?.get(path);
		if (file) return sendBuiltFile(request, reply, file, caching);
		return files === undefined ? sendPatience(reply) : sendProblem(reply, createProblem(NOT_FOUND, request.id));
	};
	const policy = pagePolicy(connect);
	for (const [path, file] of Object.entries(pages))
		app.get(path, (request, reply) =>
			send(request, reply.headers(pageHeaders(path === '/verify' ? VERIFIER_POLICY : policy)), file, ALWAYS_ASK),
		);
	if (!('/' in pages)) app.get('/', (_, reply) => reply.redirect('/operator'));
	app.get(`/${MANIFEST}`, (request, reply) => send(request, reply, MANIFEST, ALWAYS_ASK));
	app.get('/assets/config.json', (_, reply) => reply.header('cache-control', ALWAYS_ASK).send(settings));
	app.get<{ Params: { file: string } }>('/assets/:file', (request, reply) => {
		const { file } = request.params;
		const isPage = file.endsWith('.html');
		// The pages' worker obeys the policy of its own file.
		reply.headers(pageHeaders(isPage ? policy : WORKER_POLICY));
		return send(request, reply, `assets/${file}`, isPage ? ALWAYS_ASK : FOREVER);
	});
}

async function sendBuiltFile(request: FastifyRequest, reply: FastifyReply, file: BuiltFile, caching: string) {
	reply.headers({ 'cache-control': caching, etag: file.etag, vary: 'accept-encoding' }).type(file.type);
	if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
	if (new Negotiator(request).encoding(['gzip', 'identity']) !== 'gzip') return reply.send(file.plain);
	file.zipped ??= compress(file.plain, { level: 9 });
	return reply.header('content-encoding', 'gzip').send(await file.zipped);
}

/** While `npm start` builds the pages: the browser asks again by itself. */
const sendPatience = (reply: FastifyReply): FastifyReply =>
	reply
		.code(503)
		.headers({ 'retry-after': '1', refresh: '1' })
		.type('text/html; charset=utf-8')
		.send(
			'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Firmseal</title><p>The pages are being built. This page opens by itself in a few seconds.</p></html>',
		);

const BASE_POLICY = [
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"worker-src 'self'",
	"base-uri 'none'",
	"form-action 'none'",
	"frame-ancestors 'none'",
	// Text can't become a script: the only policy makes the addresses of our own workers.
	"require-trusted-types-for 'script'",
	'trusted-types firmseal',
];

/** Previews of images are blobs, which the page has made. */
const pagePolicy = (connect: readonly string[]): string =>
	[...BASE_POLICY, "img-src 'self' blob:", `connect-src ${["'self'", ...connect].join(' ')}`].join('; ');

/** The verifier sends nothing anywhere. */
const VERIFIER_POLICY = [...BASE_POLICY, "img-src 'self'", "connect-src 'none'"].join('; ');
const WORKER_POLICY = "default-src 'none'; script-src 'self'; frame-ancestors 'none'";

const pageHeaders = (policy: string) => ({
	'content-security-policy': policy,
	'cross-origin-opener-policy': 'same-origin',
	'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
});
