import { readdirSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { quickImports, resolveQuickly } from '../../src/cli/quick-imports.ts';

/** Loads the whole program with Node's own resolution. Prints every import that resolveQuickly() would resolve to another file or format. */
quickImports.deregister();
const differing: string[] = [];
let compared = 0;
let quick = 0;
registerHooks({
	resolve(specifier, context, next) {
		const asNode = next(specifier, context);
		const left = { ...asNode };
		const resolved = resolveQuickly(specifier, context, () => left);
		compared += 1;
		if (resolved !== left) quick += 1;
		if (resolved.url !== asNode.url || resolved.format !== asNode.format)
			differing.push(`${specifier} of ${context.parentURL}`);
		return asNode;
	},
});
const commands = new URL('../../src/cli/commands/', import.meta.url);
for (const name of readdirSync(commands)) await import(new URL(name, commands).href);
process.stdout.write(JSON.stringify({ compared, quick, differing }));
