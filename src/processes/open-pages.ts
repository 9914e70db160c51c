import type { Principal } from '../access/index.ts';
import { addPages, type HttpServer, PAGES, readBuild } from '../api/index.ts';
import type { Config } from '../config/index.ts';
import { SetupError } from '../errors.ts';
import { audienceOf } from '../wiring/index.ts';

/** The client id of the pages at the built-in issuer, and that issuer's path on this server. */
const BUILT_IN = { client: 'firmseal-pages', issuer: '/issuer' } as const;

interface PagesParts {
	readonly config: Config;
	readonly kinds: readonly Principal['kind'][];
	readonly built: Promise<unknown> | undefined;
	/** Where the build is; web/dist unless given. */
	readonly folder?: URL;
}

/** Serves the pages of the planes of this process, if the settings ask for pages. @throws SetupError if they are not built */
export async function openPages(
	{ app }: Pick<HttpServer, 'app'>,
	{ config, kinds, built, folder }: PagesParts,
): Promise<void> {
	const { pages, tokens } = config;
	if (pages === null) return;
	const build = (built ?? Promise.resolve()).then(() => readBuild(folder));
	const isThere = built !== undefined || (await build) !== null;
	if (!isThere && pages.isRequired)
		throw new SetupError(
			'FIRMSEAL_PAGES is on, but web/dist has no pages: run npm run build:web, or turn the pages off.',
		);
	if (!isThere) return;
	addPages(app, {
		pages: Object.assign({}, PAGES.all, ...kinds.map((kind) => PAGES[kind])),
		settings: {
			api: '',
			issuer: tokens?.issuer ?? BUILT_IN.issuer,
			client: pages.client ?? BUILT_IN.client,
			scope: pages.scope,
			audience: audienceOf(config),
		},
		connect: pages.issuerOrigins,
		build,
	});
}
