import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lock } from 'proper-lockfile';
import { build } from 'vite';

/**
 * `npm run build:web`: builds the pages into web/dist, unless the build is newer than its sources. The manifest, which is written last,
 * has the SHA-256 of each file. Builds of the same sources are the same, byte by byte.
 */
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const WEB = join(ROOT, 'web');
const DIST = join(WEB, 'dist');
/** The build's place until it is complete, so that a server never reads half a build. */
const NEXT = join(WEB, `dist.${process.pid}`);
const MANIFEST = 'manifest.json';

/** What the pages are made from. */
const SOURCES = [
	'web',
	'src/access',
	'src/audit',
	'src/client',
	'src/custody',
	'src/envelope',
	'src/errors.ts',
	'package-lock.json',
];

if (await isCurrent()) process.exit(0);
// Two builds at once, such as by two tests, would meet in one folder: the second one waits, and finds the build of the first.
const release = await lock(WEB, {
	lockfilePath: `${DIST}.lock`,
	stale: 60_000,
	retries: { retries: 600, factor: 1, minTimeout: 200 },
});
if (await isCurrent()) {
	await release();
	process.exit(0);
}
// With any other NODE_ENV, such as that of a test, React and Apollo Client are built for development.
process.env.NODE_ENV = 'production';
await rm(NEXT, { recursive: true, force: true });
await build({ configFile: join(WEB, 'vite.config.ts'), build: { outDir: NEXT } });
await addIntegrity();
await writeManifest();
await rm(DIST, { recursive: true, force: true });
await rename(NEXT, DIST);
await release();

async function isCurrent(): Promise<boolean> {
	const built = await stat(join(DIST, MANIFEST)).catch(() => null);
	if (built === null) return false;
	const times = await Promise.all(SOURCES.map((path) => newestIn(join(ROOT, path))));
	return Math.max(...times) <= built.mtimeMs;
}

/** Milliseconds since 1970 of the newest file or folder; a folder changes when a file of it is removed. */
async function newestIn(path: string): Promise<number> {
	if (path.startsWith(DIST)) return 0;
	const found = await stat(path);
	const { mtimeMs } = found;
	if (!found.isDirectory()) return mtimeMs;
	const inside = await Promise.all((await readdir(path)).map((name) => newestIn(join(path, name))));
	// The folder of the build itself changes with each build.
	return Math.max(path === WEB ? 0 : mtimeMs, ...inside);
}

async function filesOf(folder: string): Promise<string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	return entries
		.filter((entry) => entry.isFile())
		.map((entry) => relative(folder, join(entry.parentPath, entry.name)))
		.sort();
}

async function hashOf(path: string, algorithm: string, form: 'hex' | 'base64'): Promise<string> {
	return createHash(algorithm)
		.update(await readFile(join(NEXT, path)))
		.digest(form);
}

/** Subresource Integrity on what each page loads at first: a changed file does not run. */
async function addIntegrity(): Promise<void> {
	for (const page of (await filesOf(NEXT)).filter((path) => path.endsWith('.html'))) {
		let html = await readFile(join(NEXT, page), 'utf8');
		for (const [tag, path = ''] of html.matchAll(/<(?:script|link)[^>]*(?:src|href)="\/([^"]+\.(?:js|css))"/g)) {
			html = html.replace(tag, `${tag} integrity="sha384-${await hashOf(path, 'sha384', 'base64')}"`);
		}
		await writeFile(join(NEXT, page), html);
	}
}

async function writeManifest(): Promise<void> {
	const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
	const paths = await filesOf(NEXT);
	const hashes = await Promise.all(paths.map(async (path) => [path, await hashOf(path, 'sha256', 'hex')] as const));
	const manifest = { version, files: Object.fromEntries(hashes) };
	await writeFile(join(NEXT, MANIFEST), `${JSON.stringify(manifest, null, '\t')}\n`);
}
