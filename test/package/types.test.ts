import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { describeInstalled } from './adopter.ts';
import { PROGRAM } from './program.ts';
import { output, run } from './run.ts';

const TSC = fileURLToPath(import.meta.resolve('typescript/lib/tsc.js'));

const STRICT = {
	strict: true,
	exactOptionalPropertyTypes: true,
	noUncheckedIndexedAccess: true,
	verbatimModuleSyntax: true,
	target: 'es2024',
	types: ['node'],
	noEmit: true,
};

const BY_RESOLUTION = {
	nodenext: { module: 'nodenext', skipLibCheck: false },
	bundler: { module: 'preserve', moduleResolution: 'bundler', skipLibCheck: true },
};

describeInstalled('a program in TypeScript', (cwd) => {
	beforeAll(() => writeFileSync(join(cwd, 'program.ts'), PROGRAM));

	it.each(Object.entries(BY_RESOLUTION))('type-checks with %s', async (name, options) => {
		const config = `tsconfig.${name}.json`;
		writeFileSync(
			join(cwd, config),
			JSON.stringify({ compilerOptions: { ...STRICT, ...options }, files: ['program.ts'] }),
		);
		const { stdout } = await run(process.execPath, [TSC, '--project', config, '--pretty', 'false'], { cwd });
		const wrong = stdout.split('\n').filter((line) => /^\S.*error TS/.test(line));
		// drizzle-orm's own declarations have errors, because they name drivers that are not installed.
		expect(wrong.filter((line) => !line.startsWith('node_modules/drizzle-orm/'))).toEqual([]);
	});

	it('runs', async () => {
		const printed = await output(process.execPath, ['program.ts'], { cwd });
		expect(JSON.parse(printed)).toEqual({
			bound: 'cards.title',
			plaintext: [1, 2, 3],
			code: 'CONFLICT',
			known: true,
			keyring: null,
			locked: 'locked',
		});
	});
});
