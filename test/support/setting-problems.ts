import { expect } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { SetupError } from '../../src/errors.ts';

/** The errors of these settings, one sentence each. */
export function problemsOf(env: NodeJS.ProcessEnv, options?: Parameters<typeof readConfig>[1]): string[] {
	try {
		readConfig(env, options);
	} catch (error) {
		expect(error).toBeInstanceOf(SetupError);
		return (error as Error).message.split('\n');
	}
	return [];
}
