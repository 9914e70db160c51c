import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { makeInstallation, type TestInstallation } from '../support/installation.ts';

const WARNING = 'the database has drifted: firmseal doctor says how';

let installation: TestInstallation;
beforeAll(async () => {
	installation = await makeInstallation(inject('embedded'));
});
afterAll(() => installation?.close());

async function warningsOfStart(): Promise<unknown[]> {
	const api = await installation.serve();
	await api.stop();
	return api.lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === WARNING);
}

it('a server starts without a word on a database that is as the migrations left it', async () => {
	expect(await warningsOfStart()).toEqual([]);
});

it('in development it warns of each area that has drifted, and names nothing of the database', async () => {
	await installation.admin.unsafe('alter policy firm on notes using (true); grant delete on notes to firmseal_firm');
	const warnings = await warningsOfStart();
	expect(warnings).toHaveLength(2);
	for (const warning of warnings) {
		expect(warning).toEqual({
			level: 40,
			time: expect.any(String),
			check: expect.stringMatching(/policies|privilege/),
			count: 2,
			msg: WARNING,
		});
	}
});
