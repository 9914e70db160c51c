import type { Locator, Page } from 'playwright-core';
import type { PagesScene } from './scene.ts';

const OWNER = 'owner@northgate.example';
const OPERATOR = 'operator@platform.example';
export const REASON = 'The owner cannot open this note since Monday.';

/** An operator at the dialog that asks for the newest note of Northgate. Everything is typed, and nothing is sent. */
export async function typeRequest(scene: PagesScene, ticket: string): Promise<readonly [Page, Locator]> {
	const page = await scene.signIn(OPERATOR, '/firms');
	await page.getByRole('link', { name: 'Northgate Legal', exact: true }).first().click();
	await page.getByRole('navigation', { name: 'Of this firm' }).getByRole('link', { name: 'Notes' }).click();
	await page.getByRole('table', { name: 'Notes' }).getByRole('link').first().click();
	await page.getByRole('button', { name: 'Ask for a lease', exact: true }).first().click();
	const dialog = page.getByRole('dialog').first();
	await dialog.getByLabel('Purpose').selectOption('CUSTOMER_SUPPORT');
	await dialog.getByLabel('Reason').fill(REASON);
	await dialog.getByLabel('Ticket').fill(ticket);
	return [page, dialog];
}

/** A request of the operator for the notes of Northgate, made beside the browser. Returns its id. */
export async function requestLease({ api, tokens }: PagesScene, ticket: string): Promise<string> {
	const owner = await api.ask(tokens[OWNER] ?? '', '{ viewer { firm { id } } }');
	const asked = await api.ask(
		tokens[OPERATOR] ?? '',
		'mutation($input: RequestBreakGlassInput!) { requestBreakGlass(input: $input) { lease { id } } }',
		{
			input: {
				firmId: owner.data.viewer.firm.id,
				purpose: 'CUSTOMER_SUPPORT',
				reason: REASON,
				ticket,
				classes: ['NOTE'],
			},
		},
	);
	return asked.data.requestBreakGlass.lease.id;
}
