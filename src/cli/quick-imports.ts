import { type ResolveHookSync, registerHooks } from 'node:module';

/**
 * Saves a command half a second of the time in which it starts. Where a file's type is `module` by its package alone, Node parses that package's
 * `exports` again for each import of it; those of drizzle-orm are 170 kB, and its files import each other hundreds of times. What is
 * imported stays the same.
 */
export const resolveQuickly: ResolveHookSync = (specifier, context, next) => {
	const { parentURL } = context;
	return parentURL && WITHIN.test(parentURL) && RELATIVE.test(specifier)
		? { url: new URL(specifier, parentURL).href, format: 'module', shortCircuit: true }
		: next(specifier, context);
};

const WITHIN = /\/node_modules\/drizzle-orm\/[\w/.-]+\.js$/;
const RELATIVE = /^\.\.?\/[\w/.-]+\.js$/;

registerHooks({ resolve: resolveQuickly });
