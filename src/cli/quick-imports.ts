import { enableCompileCache, type ResolveFnOutput, type ResolveHookSync, registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Saves a command half of the time in which it starts. Where a file's type is `module` by its package alone, Node parses that package's
 * `exports` again for each import of it; those of drizzle-orm are 170 kB, and its files and ours import it hundreds of times. What is
 * imported stays the same: a file beside ours is that file, and of a package what Node has said the first time.
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

/** Everything of the program, built or as it is written; no package is installed further in. */
const OURS = new URL('../', import.meta.url).href;
const OURS_ENDS = import.meta.url.endsWith('.ts') ? /^\.\.?\/[\w/.-]+\.ts$/ : /^\.\.?\/[\w/.-]+\.js$/;
const PACKAGE = /^(?!node:)[@a-z]/;
const WITHIN = /\/node_modules\/drizzle-orm\/[\w/.-]+\.js$/;
const SCRIPT = /^\.\.?\/[\w/.-]+\.js$/;
const ofPackages = new Map<string, ResolveFnOutput>();

export const quickImports = registerHooks({ resolve: resolveQuickly });

// What is compiled is kept in a folder of the checkout, or of the package: anyone who can write there could change the program as well.
// Where this process can't write, it starts without. Node takes what it has kept only for a file of the same content.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/firmseal', import.meta.url)));
