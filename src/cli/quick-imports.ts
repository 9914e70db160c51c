import { enableCompileCache, type ResolveFnOutput, type ResolveHookSync, registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Halves the start-up time of a command. If a file is a module only because its package has type `module`, Node parses that package's
 * `exports` again at each import. Those of drizzle-orm are 170 kB, and its files and ours import it hundreds of times. The hook changes
 * nothing about what is imported: a relative path is that file, and a package is what Node resolved the first time.
 */
export const resolveQuickly: ResolveHookSync = (specifier, context, next) => {
	const { parentURL = '', conditions } = context;
	if (WITHIN.test(parentURL) && SCRIPT.test(specifier)) return fileBeside(specifier, parentURL);
	if (!parentURL.startsWith(OURS)) return next(specifier, context);
	if (OURS_ENDS.test(specifier)) return fileBeside(specifier, parentURL);
	if (!PACKAGE.test(specifier)) return next(specifier, context);
	const asked = [specifier, ...conditions].join(' ');
	const known = ofPackages.get(asked) ?? { ...next(specifier, context), shortCircuit: true };
	ofPackages.set(asked, known);
	return known;
};

const fileBeside = (specifier: string, parentURL: string): ResolveFnOutput => ({
	url: new URL(specifier, parentURL).href,
	format: specifier.endsWith('.ts') ? 'module-typescript' : 'module',
	shortCircuit: true,
});

/** The directory of all files of this program, built or as source. No package is installed below it. */
const OURS = new URL('../', import.meta.url).href;
const OURS_ENDS = import.meta.url.endsWith('.ts') ? /^\.\.?\/[\w/.-]+\.ts$/ : /^\.\.?\/[\w/.-]+\.js$/;
const PACKAGE = /^(?!node:)[@a-z]/;
const WITHIN = /\/node_modules\/drizzle-orm\/[\w/.-]+\.js$/;
const SCRIPT = /^\.\.?\/[\w/.-]+\.js$/;
const ofPackages = new Map<string, ResolveFnOutput>();

export const quickImports = registerHooks({ resolve: resolveQuickly });

// The compile cache lies in the checkout, or in the package: anyone who can write there could change the program as well. A process that
// can't write there starts without the cache. Node uses a cached file only for a source file of the same content.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/firmseal', import.meta.url)));
