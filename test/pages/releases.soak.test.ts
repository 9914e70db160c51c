import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AnsweringSteps, ProposalSteps } from '../../src/client/connection/index.ts';
import { beginFirm, type Device, makeDevice } from '../clients/vault-client.ts';
import { describeInChromium } from '../support/chromium.ts';
import { joinIn } from './firm-custody.ts';
import { expectAccessible, openPagesScene, type PagesScene } from './scene.ts';

const OWNER = 'owner@northgate.example';
const MEMBER = 'member@northgate.example';
const PASSPHRASE = 'five words that stay here';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const manifestOf = async ({ api }: PagesScene): Promise<string> => (await fetch(`${api.url}/manifest.json`)).text();

async function expectRefused(page: Page): Promise<void> {
	await page.getByLabel('Passphrase of this device').fill(PASSPHRASE);
	await page.getByRole('button', { name: 'Unlock', exact: true }).click();
	await page.getByText('Your firm does not trust this release of the pages').waitFor({ timeout: 120_000 });
}

describeInChromium('the releases of the pages that a firm trusts', () => {
	let scene: PagesScene;
	let owner: Device;
	let code: string;
	let member: string;
	beforeAll(async () => {
		scene = await openPagesScene();
		const token = scene.tokens[OWNER] ?? '';
		const { data } = await scene.api.ask(token, '{ viewer { id firm { id members { nodes { id email } } } } }');
		const { id: person, firm } = data.viewer;
		member = firm.members.nodes.find(({ email }: { readonly email: string }) => email === MEMBER).id;
		owner = await makeDevice({ url: scene.api.url, firm: firm.id, person, token });
		code = await beginFirm(owner, []);
		await owner.firmseal.connection.append(() => owner.vault.addMember({ person: member, name: 'Mia' }));
	}, 120_000);
	afterAll(() => scene.close());

	const trust = (...manifests: readonly string[]) =>
		new ProposalSteps(owner.firmseal.connection).decide((vault) => vault.propose({ what: 'RELEASES', manifests }), {
			by: 'CODE',
			code,
		});

	it('a page of one of them works, and a page of another says so, also if it comes with the manifest of a trusted one', {
		timeout: 240_000,
	}, async () => {
		await trust(sha256(await manifestOf(scene)));
		const page = await scene.signIn(MEMBER, '/devices');
		await joinIn(page, new AnsweringSteps(owner.firmseal.connection), member);

		const newer = (await manifestOf(scene)).replaceAll(/"assets\/workspace-[^"]+\.js"/g, '"assets/workspace-newer.js"');
		expect(newer).toContain('workspace-newer');
		await trust(sha256(newer));
		await page.getByRole('button', { name: 'Lock this device', exact: true }).click();
		await expectRefused(page);
		await expectAccessible(page);
		expect(scene.complaints()).toEqual([]);

		// The newer manifest has the same worker, but not the scripts of this page.
		await page.route('**/manifest.json', (route) => route.fulfill({ contentType: 'application/json', body: newer }));
		await page.reload();
		await expectRefused(page);
	});
});
