import type { Page } from 'playwright-core';
import postgres from 'postgres';
import { AnsweringSteps } from '../../src/client/connection/index.ts';
import { beginFirm, type Device, joinWith, makeDevice } from '../clients/vault-client.ts';
import { databaseOf } from '../system/program.ts';
import type { PagesScene } from './scene.ts';

const OWNER = 'owner@northgate.example';
const CLASSES = ['NOTE', 'COMMUNICATION', 'BILLING'];
const PASSPHRASE = 'five words that stay here';
/** Milliseconds. Next to other tests, making a lock from a passphrase takes longer than Playwright waits by itself. */
const LOCKING = 120_000;
/** Tables with content of these classes, those that others refer to last. */
const TABLES = ['comments', 'messages', 'notes', 'invoice_line_items', 'invoices', 'time_entries'];

let isFirmCustody = false;

/** For a file that runs another one’s tests: every scene opened from now on has a first firm whose content only its devices open. */
export function pagesInFirmCustody(is = true): void {
	isFirmCustody = is;
}

/** The scene; if the tests run so, with a first firm in its own custody, whose people make each browser their device. */
export async function inItsCustody(scene: PagesScene): Promise<PagesScene> {
	if (!isFirmCustody) return scene;
	const who = `{ viewer { id firm { id members { nodes { id email role } } } } }`;
	const { id: person, firm } = (await scene.api.ask(scene.tokens[OWNER] ?? '', who)).data.viewer;
	const people = firm.members.nodes as readonly {
		readonly id: string;
		readonly email: string;
		readonly role: string;
	}[];
	await removeContent(scene, firm.id);
	const deviceOf = (id: string, email: string) =>
		makeDevice({ url: scene.api.url, firm: firm.id, person: id, token: scene.tokens[email] ?? '' });
	const owner = await deviceOf(person, OWNER);
	await beginFirm(owner, CLASSES);
	const devices = new Map<string, Device>([[OWNER, owner]]);
	for (const { id, email, role } of people) {
		if (role !== 'MEMBER') continue;
		const { vault, firmseal } = owner;
		await firmseal.connection.append(() => vault.addMember({ person: id, name: email }));
		devices.set(email, await joinWith(await deviceOf(id, email), owner, id));
	}
	return {
		...scene,
		async signIn(email, at = '/', options = {}) {
			const device = devices.get(email);
			const id = people.find((each) => each.email === email)?.id;
			if (device === undefined || id === undefined) return scene.signIn(email, at, options);
			const page = await scene.signIn(email, '/devices', options);
			await joinIn(page, new AnsweringSteps(device.firmseal.connection), id);
			await page.evaluate(`location.hash = '#${at}'`);
			await page.locator('main h1').filter({ hasNotText: 'Devices' }).waitFor();
			return page;
		},
	};
}

/** The page becomes a device of the person, whom another one lets in. Both sides find the same code. */
export async function joinIn(page: Page, answering: AnsweringSteps, person: string): Promise<void> {
	await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
	await page.getByLabel('The same passphrase again').fill(PASSPHRASE);
	await page.getByRole('button', { name: 'Make this browser my device' }).click();
	await page.getByRole('button', { name: 'Ask to join' }).click({ timeout: LOCKING });
	await page.getByText('Waiting for the other device …').waitFor();
	const request = (await answering.requests()).find(({ state }) => state === 'COMMITTED');
	if (request === undefined) throw new Error('The browser has not asked to join.');
	await answering.answer(request, person);
	const shown = await page.locator('.joining-code').textContent();
	const checked = await answering.check(request.id);
	if (checked?.code !== shown?.trim()) throw new Error('The codes differ.');
	await answering.approve(request.id);
	await page.getByRole('button', { name: 'The codes are the same' }).click();
	await page.getByRole('heading', { name: 'This browser' }).waitFor();
}

/** A firm can put a class into its own custody while it has no content of it. */
async function removeContent(scene: PagesScene, firm: string): Promise<void> {
	const sql = postgres(databaseOf(scene.api), { max: 1 });
	try {
		await sql.begin(async (tx) => {
			await tx`set local session_replication_role = replica`;
			for (const table of TABLES) await tx`delete from ${tx(table)} where firm_id = ${firm}`;
		});
	} finally {
		await sql.end();
	}
}
