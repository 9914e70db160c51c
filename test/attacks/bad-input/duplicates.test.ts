import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeScene, type Scene } from '../scene.ts';
import { byVariables, type Variables } from './document.ts';
import { type FirmRows, makeFirmRows } from './firm-rows.ts';
import { operation } from './input-positions.ts';
import { faultsOf } from './refuse.ts';
import { storedRows } from './stored-rows.ts';

let scene: Scene;
let north: FirmRows;
let harbour: FirmRows;
beforeAll(async () => {
	scene = await makeScene();
	north = await makeFirmRows(scene, scene.north);
	harbour = await makeFirmRows(scene, scene.harbour);
});
afterAll(() => scene?.installation.close());

const ask = (name: string, input: Variables, rows = north) =>
	rows.ask(byVariables(operation(name), { input }, { node: '' }));

/** Checks that the call is refused with the code, and changes nothing. */
async function expectRefused(name: string, input: Variables, code: string): Promise<void> {
	const before = await storedRows(scene.admin);
	expect(faultsOf(await ask(name, input), [code], null)).toEqual([]);
	expect(await storedRows(scene.admin)).toEqual(before);
}

const inputFor = async (name: string) => (await north.variables(operation(name))).input as Variables;

describe('the number of an invoice', () => {
	let taken: Variables;
	let id: string;
	beforeEach(async () => {
		id = await north.fresh('Invoice');
		taken = { number: north.inputOf(id).number };
	});

	it('is unique: neither a new nor an existing invoice can take it', async () => {
		await expectRefused('createInvoice', { ...(await inputFor('createInvoice')), ...taken }, 'CONFLICT');
		await expectRefused('updateInvoice', { ...(await inputFor('updateInvoice')), ...taken }, 'CONFLICT');
	});

	it('can be used by another firm', async () => {
		const theirs = (await harbour.variables(operation('createInvoice'))).input as Variables;
		expect((await ask('createInvoice', { ...theirs, ...taken }, harbour)).errors).toEqual([]);
	});

	it('can be used again after the invoice is removed', async () => {
		await north.succeed('deleteInvoice', { input: { id, expectedRevision: 1 } });
		await north.succeed('createInvoice', { input: { ...(await inputFor('createInvoice')), ...taken } });
	});
});

describe('a share', () => {
	it.each(['documentId', 'threadId', 'invoiceId'])('of one %s is created once and revoked once', async (key) => {
		const type = key.charAt(0).toUpperCase() + key.slice(1, -2);
		const input = { clientId: await north.fresh('Client'), subject: { [key]: await north.fresh(type) } };
		await expectRefused('unshareWithClient', input, 'NOT_FOUND');
		await north.succeed('shareWithClient', { input });
		const before = await storedRows(scene.admin);
		await north.succeed('shareWithClient', { input });
		expect(await storedRows(scene.admin)).toEqual(before);
		await north.succeed('unshareWithClient', { input });
		await expectRefused('unshareWithClient', input, 'NOT_FOUND');
	});
});

describe('the versions of a document', () => {
	it('end at two hundred', async () => {
		const id = await north.fresh('DocumentVersion');
		const { documentId } = north.inputOf(id);
		await scene.admin`update document_versions set number = 199 where id = ${id}`;
		const input = { id: uuidv7(), documentId };
		const last = await north.succeed('createDocumentVersion', { input });
		expect(last.data.called.documentVersion.number).toBe(200);
		await expectRefused('createDocumentVersion', { documentId }, 'CONFLICT');
		expect((await north.succeed('createDocumentVersion', { input })).data).toEqual(last.data);
	});
});

describe('a member', () => {
	const person = () => ({ email: `${uuidv7()}@north.example`, name: 'Invited', role: 'MEMBER' });

	it('has a unique address in the firm, in any spelling, invited or present', async () => {
		const input = person();
		await north.succeed('inviteMember', { input });
		const present = person();
		await scene.installation.addMember(north.firm.owner, { email: present.email });
		for (const of of [input, present]) {
			await expectRefused('inviteMember', of, 'CONFLICT');
			await expectRefused('inviteMember', { ...of, email: of.email.toUpperCase() }, 'CONFLICT');
			await expectRefused('inviteMember', { ...of, name: 'Another person', role: 'OWNER' }, 'CONFLICT');
		}
	});

	it('can be removed only once', async () => {
		const id = await north.fresh('User');
		await north.succeed('removeMember', { input: { userId: id } });
		await expectRefused('removeMember', { userId: id }, 'NOT_FOUND');
		await expectRefused('setMemberRole', { userId: id, role: 'OWNER' }, 'NOT_FOUND');
	});

	it('has a client in the portal, and otherwise none', async () => {
		const clientId = await north.row('Client');
		await expectRefused('inviteMember', { ...person(), role: 'CLIENT' }, 'BAD_USER_INPUT');
		await expectRefused('inviteMember', { ...person(), clientId }, 'BAD_USER_INPUT');
		const userId = await north.fresh('User');
		await expectRefused('setMemberRole', { userId, role: 'CLIENT' }, 'BAD_USER_INPUT');
		await expectRefused('setMemberRole', { userId, role: 'OWNER', clientId }, 'BAD_USER_INPUT');
	});

	it('stays an owner if they are the last', async () => {
		const { owner } = harbour;
		for (const [name, input] of [
			['removeMember', { userId: owner }],
			['setMemberRole', { userId: owner, role: 'MEMBER' }],
		] as const) {
			const others = await scene.admin`
				select user_id from memberships where firm_id = ${harbour.firm.id} and role = 'OWNER' and user_id <> ${owner} and removed_at is null`;
			for (const { user_id } of others) await harbour.succeed('removeMember', { input: { userId: user_id } });
			const before = await storedRows(scene.admin);
			const { errors } = await ask(name, input, harbour);
			expect(errors.map(({ extensions }) => extensions.code)).toEqual(['CONFLICT']);
			expect(await storedRows(scene.admin)).toEqual(before);
		}
	});
});
