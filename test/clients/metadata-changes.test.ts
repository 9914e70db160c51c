import { gql } from '@apollo/client';
import { v7 as uuidv7 } from 'uuid';
import { expect, it } from 'vitest';
import { makeScene } from '../attacks/scene.ts';
import { beginCustody, clientOfDevice } from './vault-client.ts';

const CREATE = gql`mutation ($input: CreateInvoiceInput!) { createInvoice(input: $input) { invoice { id revision } } }`;
const UPDATE = gql`mutation ($input: UpdateInvoiceInput!) {
	updateInvoice(input: $input) { invoice { id revision number total lineItems { description } } }
}`;

it('content changes after a change of what is no content', async () => {
	const scene = await makeScene();
	const owner = await beginCustody(scene, ['BILLING']);
	const client = clientOfDevice(scene, owner);
	const id = uuidv7();
	const input = { id, number: 'a-1', currency: 'EUR', total: '10', lineItems: [{ description: 'work' }] };
	await client.mutate({ mutation: CREATE, variables: { input } });
	const update = (change: object) => client.mutate({ mutation: UPDATE, variables: { input: { id, ...change } } });
	await update({ expectedRevision: 1, number: 'a-2' });
	const { data } = await update({ expectedRevision: 2, total: '20' });
	expect(data).toMatchObject({
		updateInvoice: { invoice: { revision: 3, number: 'a-2', total: '20', lineItems: [{ description: 'work' }] } },
	});
	const again = await update({ expectedRevision: 3, lineItems: [{ description: 'more' }] });
	expect(again.data).toMatchObject({ updateInvoice: { invoice: { revision: 4, total: '20' } } });
	await scene.installation.close();
});
