import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { expect, it } from 'vitest';
import { ENTRIES, packed } from './adopter.ts';
import { output } from './run.ts';

const { tarball, content } = packed;

it('publint finds nothing wrong', async () => {
	const bytes = new Uint8Array(readFileSync(tarball));
	const { messages } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
	expect(messages).toEqual([]);
});

it('arethetypeswrong finds nothing wrong for ECMAScript modules', async () => {
	const attw = fileURLToPath(import.meta.resolve('@arethetypeswrong/cli/package.json'));
	const args = [join(attw, '..', 'dist/index.js'), '--profile', 'esm-only', '--no-emoji', tarball];
	const printed = await output(process.execPath, args, { cwd: content });
	for (const entry of ENTRIES) expect(printed).toContain(`"${entry}"`);
});
