import dns from 'node:dns';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';

/** Sets AWS's shared configuration file until the end of the test, and removes every other source of an identity. */
export function writeAwsFile(text: string): void {
	const home = mkdtempSync(join(tmpdir(), 'firmseal-home-'));
	onTestFinished(() => rmSync(home, { recursive: true }));
	onTestFinished(() => void vi.unstubAllEnvs());
	writeFileSync(join(home, 'config'), text);
	for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
	vi.stubEnv('HOME', home);
	vi.stubEnv('AWS_CONFIG_FILE', join(home, 'config'));
	vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
}

/** Makes every DNS lookup fail until the end of the test. Returns the names that were looked up. */
export function findNoNames(): ReadonlySet<string> {
	const asked = new Set<string>();
	const spy = vi.spyOn(dns, 'lookup').mockImplementation(((name: string, _: unknown, tell: (error: Error) => void) => {
		asked.add(name);
		tell(Object.assign(new Error(`no ${name}`), { code: 'ENOTFOUND' }));
	}) as never);
	onTestFinished(() => spy.mockRestore());
	return asked;
}
