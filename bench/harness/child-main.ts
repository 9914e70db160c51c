// The other side of child.ts: calls functions of the module that the parent names. A module that keeps something open
// closes it on 'disconnect', so that the process ends with its parent.
const [module = ''] = process.argv.slice(2);
const functions: Readonly<Record<string, (input: unknown) => unknown>> = await import(module);

interface Call {
	readonly name: string;
	readonly input: unknown;
}

async function answer({ name, input }: Call): Promise<void> {
	try {
		process.send?.({ output: await functions[name]?.(input) });
	} catch (error) {
		process.send?.({ failed: error instanceof Error ? error.message : String(error) });
	}
}

process.on('message', (call: Call) => void answer(call));
