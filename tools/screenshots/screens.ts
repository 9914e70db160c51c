import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Installation } from './installation.ts';

/** What the steps before a picture have made, for the addresses of later ones. */
interface Story {
	readonly installation: Installation;
	/** Id of the demo's first firm. */
	firm: string;
	lease: string;
	hash: string;
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

const OWNER = 'owner@northgate.example';
const MEMBER = 'member@northgate.example';
const OPERATOR = 'operator@platform.example';
const APPROVER = 'approver@platform.example';

const REASON = 'The firm cannot open this note since Monday.';

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
		before: requestLease,
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
		at: ({ firm }) => `/operator#/firms/${firm}/notes`,
		show: (page) => page.locator('main .sealed').first().waitFor(),
	},
	{
		name: 'lease-request',
		person: APPROVER,
		at: ({ lease }) => `/operator#/leases/${lease}`,
		show: (page) => page.getByText(REASON).first().waitFor(),
	},
	{
		name: 'access',
		person: OWNER,
		before: useLease,
		at: ({ lease }) => `/#/access/${lease}`,
		show: (page) => page.getByText(REASON).first().waitFor(),
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

async function requestLease(story: Story): Promise<void> {
	const { as, ask } = story.installation;
	const { viewer } = (await ask(OWNER, '{ viewer { firm { id } } }')) as { viewer: { firm: { id: string } } };
	story.firm = viewer.firm.id;
	const scope = ['--class', 'NOTE', '--coordinate', 'Note.title', '--budget', '10', '--minutes', '15'];
	const why = ['--purpose', 'CUSTOMER_SUPPORT', '--ticket', 'SUP-4711', '--reason', REASON];
	const asked = JSON.parse(await as(OPERATOR, 'lease', 'request', '--firm', 'northgate', ...why, ...scope, '--json'));
	story.lease = asked.result.lease.id;
	story.hash = asked.result.lease.requestHash;
}

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

async function useLease({ installation: { as }, lease, hash }: Story): Promise<void> {
	for (const email of [OWNER, APPROVER]) await as(email, 'lease', 'approve', '--lease', lease, '--hash', hash);
	await as(OPERATOR, 'lease', 'activate', '--lease', lease);
	await as(OPERATOR, 'lease', 'use', '--lease', lease, '--type', 'notes', '--first', '3');
	await as(OWNER, 'lease', 'revoke', '--lease', lease);
}

const filesOf = ({ directory }: Installation) => [join(directory, 'log.jsonl'), join(directory, 'firm.vkey')];

async function exportLog({ installation, firm }: Story): Promise<void> {
	const [log = '', key = ''] = filesOf(installation);
	await installation.as(OWNER, 'audit', 'export', '--out', log);
	const answer = await fetch(`${installation.url}/.well-known/firmseal/checkpoint-key?firm=${firm}`);
	writeFileSync(key, `${(await answer.text()).split('\n')[0]}\n`);
}

export const newStory = (installation: Installation): Story => ({ installation, firm: '', lease: '', hash: '' });
