import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CustodyFirm } from '../../support/firm-custody.ts';
import { makeInstallation, type TestFirm } from '../../support/installation.ts';
import { embedded } from '../../support/own-servers.ts';
import { type LegacyScene, makeLegacyScene } from './scene.ts';

let scene: LegacyScene;
beforeAll(async () => {
	scene = await makeLegacyScene({ firms: ['north', 'harbour'], make: () => makeInstallation(embedded) });
	scene.workInSteps();
}, 120_000);
afterAll(() => scene?.close());

const migrate = (...args: string[]) =>
	scene.program.command(scene.installation.env, 'migrate', ...args, '--coordinate', 'Note.body');

describe('a column of a class that a firm has in its own custody', () => {
	it('is not moved for that firm, and each command says so', async () => {
		const { installation } = scene;
		const custody = await CustodyFirm.begin(installation, scene.firms[0] as TestFirm);
		await custody.take('NOTE');
		const refused = await migrate('expand');
		expect([refused.code, refused.error]).toMatchObject([1, { code: 'CONFLICT' }]);
		expect(refused.error.message).toMatch(
			/^The class NOTE is in the own custody of north, so the platform cannot seal/,
		);

		await custody.setCustody('NOTE', 'PLATFORM');
		expect((await migrate('expand')).code).toBe(0);
		await custody.setCustody('NOTE', 'FIRM');
		for (const name of ['backfill', 'verify']) {
			const one = await migrate(name, '--firm', 'north');
			expect([one.code, one.error]).toMatchObject([1, { code: 'CONFLICT' }]);
			const all = await migrate(name, '--no-wait');
			expect([all.code, all.error]).toEqual([0, undefined]);
			expect(all.result.leftOut).toEqual([{ firm: 'north', class: 'NOTE', reason: 'FIRM_CUSTODY' }]);
		}
		const asked = await installation.admin`select kind, firm_id from jobs where kind in ('BACKFILL', 'VERIFY')`;
		expect(asked.map(({ firm_id }) => firm_id)).toEqual([scene.firms[1]?.id, scene.firms[1]?.id]);
	});
});
