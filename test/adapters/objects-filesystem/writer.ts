import { openFilesystemObjects } from '../../../src/adapters/objects-filesystem/index.ts';
import { guardStore } from '../../../src/documents/index.ts';

/** Writes an object without ever ending its body; or an object of a given size, and prints the result. */
const [directory = '', name = '', length] = process.argv.slice(2);
const store = guardStore(await openFilesystemObjects({ directory }));

async function* body() {
	for (let sent = 0; length === undefined || sent < Number(length); sent += 1_024) {
		yield new Uint8Array(1_024).fill(process.pid & 0xff);
		if (sent === 2 * 2 ** 20) process.stdout.write('under way\n');
		if (length === undefined && sent >= 2 * 2 ** 20) await new Promise((resolve) => setTimeout(resolve, 10));
	}
}

try {
	const { size } = await store.write(name, body(), { size: null, signal: new AbortController().signal });
	process.stdout.write(`wrote ${size}\n`);
} catch (error) {
	process.stdout.write(`${(error as { reason?: string }).reason}\n`);
}
