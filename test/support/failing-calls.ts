import { syncBuiltinESMExports } from 'node:module';
import { onTestFinished, vi } from 'vitest';

/** Makes a function of a Node module fail with a code until the test ends, for failures that this machine can't produce. */
export function failWith<Name extends string>(module: { [_ in Name]: unknown }, name: Name, code: string): void {
	const spy = vi.spyOn(module as Record<string, () => never>, name).mockImplementation(() => {
		throw Object.assign(new Error(code), { code });
	});
	syncBuiltinESMExports();
	onTestFinished(() => {
		spy.mockRestore();
		syncBuiltinESMExports();
	});
}
