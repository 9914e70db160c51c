import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { APPROVER, type DemoLease, OPERATOR, OWNER, REASON, requestLease, useLease } from './demo-lease.ts';
import type { Installation } from './installation.ts';

/** What the steps before a picture have made, for the addresses of later ones. */
export interface Story {
	readonly installation: Installation;
	/** The break-glass lease that goes through the pictures, once it is asked for. */
	lease?: DemoLease;
}

export interface Screen {
	/** The picture is docs/images/<name>-<light|dark>.png. */
	readonly name: string;
	/** Who signs in; null for a page without a sign-in. */
	readonly person: string | null;
	/** The address behind the origin. */
	readonly at: (story: Story) => string;
	/** What happens at the installation before this picture and after the one above. */
	readonly before?: (story: Story) => Promise<unknown>;
	/** Brings the open page to what the picture shows. */
	readonly show: (page: Page, story: Story) => Promise<unknown>;
}

const MEMBER = 'member@northgate.example';

/** In the order in which they are taken: one break-glass lease goes through them. */
export const SCREENS: readonly Screen[] = [
	{
		name: 'sign-in',
		person: null,
		at: () => '/',
		show: (page) => page.getByRole('button', { name: OWNER }).waitFor(),
	},
	{
		name: 'needs-me',
		person: OWNER,
		async before(story) {
			story.lease = await requestLease(story.installation);
		},
		at: () => '/#/',
		show: (page) => page.getByText(REASON).first().waitFor(),
	},
	{
		name: 'note',
		person: MEMBER,
		before: writeNote,
		at: () => '/#/notes',
		async show(page) {
			await page.locator('main table a').first().click();
			await page.getByRole('link', { name: 'Edit' }).waitFor();
		},
	},
	{
		name: 'documents',
		person: MEMBER,
		at: () => '/#/documents',
		show: (page) => page.locator('main table tbody tr').first().waitFor(),
	},
	{
		name: 'console-firm',
		person: OPERATOR,
		at: ({ lease }) => `/operator#/firms/${lease?.firm}/notes`,
		show: (page) => page.locator('main .sealed').first().waitFor(),
	},
	{
		name: 'lease-request',
		person: APPROVER,
		at: ({ lease }) => `/operator#/leases/${lease?.id}`,
		show: (page) => page.getByText(REASON).first().waitFor(),
	},
	{
		name: 'access',
		person: OWNER,
		before: async ({ installation, lease }) => lease && useLease(installation, lease),
		at: ({ lease }) => `/#/access/${lease?.id}`,
		show: (page) => page.getByText(REASON).first().waitFor(),
	},
	{
		name: 'custody',
		person: OWNER,
		at: () => '/#/devices',
		async show(page) {
			await makeFirstDevice(page);
			await page.getByRole('link', { name: 'Custody', exact: true }).click();
			await prepareRecovery(page);
			await page.getByRole('heading', { name: 'Custody', exact: true }).scrollIntoViewIfNeeded();
		},
	},
	{
		name: 'verifier',
		person: null,
		before: exportLog,
		at: () => '/verify',
		async show(page, { installation }) {
			await page.locator('input[type=file]').first().setInputFiles(filesOf(installation));
			await page.locator('#verdict h2').first().waitFor();
		},
	},
];

/** The newest note. The demo's own notes are e-mails of real people, which no picture should show. */
async function writeNote({ installation: { ask } }: Story): Promise<void> {
	const body = [
		'Ms Webb accepts the offer if the deposit is paid by the end of March.',
		'She asks for a copy of the lease of 2019 and for the two letters about the boundary.',
		'',
		'Next: draft the contract, and call her on Thursday at ten.',
	].join('\\n');
	await ask(MEMBER, `mutation { createNote(input: { title: "Call with Ms Webb", body: "${body}" }) { note { id } } }`);
}

async function makeFirstDevice(page: Page): Promise<void> {
	for (const label of ['Passphrase', 'The same passphrase again'])
		await page.getByLabel(label, { exact: true }).fill('a passphrase for one picture');
	await page.getByRole('button', { name: 'Make this browser my device' }).click();
	await page.getByRole('button', { name: 'Begin with this device' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Begin with this device' }).click();
	await page.getByRole('heading', { name: 'This browser', exact: true }).waitFor();
}

async function prepareRecovery(page: Page): Promise<void> {
	await page.getByRole('button', { name: 'Prepare recovery' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByRole('button', { name: 'Go on' }).click();
	const code = (await dialog.locator('.recovery-code').textContent()) ?? '';
	await dialog.getByRole('button', { name: 'I have written it down' }).click();
	await dialog.getByLabel('Recovery code', { exact: true }).fill(code);
	for (const step of ['Check the code', 'Finish', 'Close']) await dialog.getByRole('button', { name: step }).click();
}

const filesOf = ({ directory }: Installation) => [join(directory, 'log.jsonl'), join(directory, 'firm.vkey')];

async function exportLog({ installation, lease }: Story): Promise<void> {
	const [log = '', key = ''] = filesOf(installation);
	await installation.as(OWNER, 'audit', 'export', '--out', log);
	const answer = await fetch(`${installation.url}/.well-known/firmseal/checkpoint-key?firm=${lease?.firm}`);
	writeFileSync(key, `${(await answer.text()).split('\n')[0]}\n`);
}
