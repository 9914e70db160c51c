import { expect, it } from 'vitest';
import { ANNA, CARAS_NOTE, change, MESSAGE, NOTE, someFirm } from './firm.ts';

it('members open what others sealed', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const opened = await device.read(service.record(NOTE), service.record(MESSAGE), service.record(CARAS_NOTE));
	expect(opened).toEqual([
		{
			fields: [
				{ name: 'title', value: 'Plan' },
				{ name: 'body', value: 'First draft' },
			],
			isAuthorInactive: false,
		},
		{
			fields: [
				{ name: 'subject', value: 'Hello' },
				{ name: 'body', value: 'Dear client' },
			],
			isAuthorInactive: false,
		},
		{
			fields: [
				{ name: 'title', value: 'Second' },
				{ name: 'body', value: null },
			],
			isAuthorInactive: false,
		},
	]);
});

it('an update keeps the columns that do not change', async () => {
	const { service, cara, bert } = await someFirm();
	const [author, reader] = [await cara(), await bert()];
	for (const id of [NOTE, MESSAGE]) {
		const row = change(service, id, { body: 'Second draft' });
		const [sealed] = await author.vault.seal([row]);
		if (sealed) service.store(row, sealed);
	}
	const [note, message] = await reader.read(service.record(NOTE), service.record(MESSAGE));
	expect(note?.fields).toEqual([
		{ name: 'title', value: 'Plan' },
		{ name: 'body', value: 'Second draft' },
	]);
	expect(message?.fields).toEqual([
		{ name: 'subject', value: 'Hello' },
		{ name: 'body', value: 'Second draft' },
	]);
});

it('what a device shows of the firm comes from its log', async () => {
	const { cara } = await someFirm();
	const state = await (await cara()).vault.state();
	expect(state.people.map(({ name, role }) => [name, role])).toEqual([
		['Anna Berger', 'OWNER'],
		['Bert Conrad', 'OWNER'],
		['Cara Diehl', 'MEMBER'],
	]);
	expect(state.people.find(({ person }) => person === ANNA)?.recovery).toEqual(['CODE']);
	expect(state.classes.map(({ class: name, custody, isEntitled }) => [name, custody, isEntitled])).toEqual([
		['NOTE', 'FIRM', true],
		['COMMUNICATION', 'FIRM', true],
		['BILLING', 'PLATFORM', false],
	]);
	expect(state.log?.isFresh).toBe(true);
});
