import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeInstalled, ENTRIES } from './adopter.ts';
import { runModule } from './run.ts';

/** Everything that an import could change in the process, as one text. It ignores the two globals that copies of Zod share. */
const SNAPSHOT = `
const prototypes = [Object, Array, Promise, Map, Set, String, Number, Uint8Array, Error, Function].map((one) => one.prototype);
const snapshot = () => JSON.stringify({
	globals: Reflect.ownKeys(globalThis).map(String).filter((name) => !name.startsWith('__zod_')),
	builtIns: prototypes.map((one) => Reflect.ownKeys(one).map(String)),
	environment: process.env,
	listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
	handles: process.getActiveResourcesInfo(),
	exitCode: process.exitCode ?? null,
	title: process.title,
	stackTraceLimit: Error.stackTraceLimit,
	mask: process.umask(),
	directory: process.cwd(),
});
const before = snapshot();`;

describeInstalled('importing the package', (cwd) => {
	it.each(ENTRIES)('importing %s changes nothing in the process, and lets it exit', async (entry) => {
		const text = `${SNAPSHOT} await import('${entry}'); console.log(JSON.stringify([before, snapshot()]));`;
		const { code, stdout, stderr } = await runModule(text, { cwd });
		expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
		const [before, after] = JSON.parse(stdout).map((snapshot: string) => JSON.parse(snapshot));
		expect(after).toEqual(before);
	});

	it('the package needs no write access, no child process and no worker thread', async () => {
		// A directory that no other test writes to.
		const own = mkdtempSync(join(cwd, 'own-'));
		const text = `for (const entry of ${JSON.stringify(ENTRIES)}) await import(entry); console.log('imported');`;
		const { stdout } = await runModule(text, { cwd: own }, ['--permission', '--allow-fs-read=*']);
		expect(stdout.trim()).toBe('imported');
		expect(readdirSync(own)).toEqual([]);
	});
});
