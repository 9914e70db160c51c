import { syncBuiltinESMExports } from 'node:module';
import { onTestFinished, vi } from 'vitest';

/** Until the test is over, a function of a module of Node fails with a code, as where no file system of this machine does. */
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
