import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemEntry } from '../../src/audit/index.ts';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { withAdminContext } from '../../src/wiring/installation.ts';
import { makeInstallation, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { firmsealJson } from '../system/program.ts';

let installation: TestInstallation;
beforeAll(async () => {
	installation = await makeInstallation(embedded);
});
afterAll(() => installation?.close());

const found = async () => {
	const { result } = await firmsealJson(installation.env, 'doctor', '--after-restore');
	return result.findings.find(({ check }: { check: string }) =>
		check.startsWith('no column that was contracted by the log'),
	);
};

it('doctor reports a plaintext column that a restore brought back although the log says it was removed', async () => {
	expect(await found()).toMatchObject({ ok: true });
	await withAdminContext(installation.config, installation.database, ({ audit }) =>
		audit.append([
			systemEntry('worker', {
				action: 'column.report',
				firm: PLATFORM_FIRM_ID,
				coordinates: ['Note.body'],
				records: ['01890000-0000-7000-8000-000000000001'],
				hash: 'a'.repeat(64),
			}),
		]),
	);
	const wrong = await found();
	expect(wrong).toMatchObject({ ok: false });
	expect(wrong.fix).toContain('Note.body (PLANNED)');
});
