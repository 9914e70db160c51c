import { expect, it } from 'vitest';
import { refusal } from './attacker.ts';
import { ANNA, BERT, CARA, change, Device, decide, join, NOTE, someFirm } from './firm.ts';

it('a new owner gets wraps of every class, and one who becomes a member keeps no fresh key', async () => {
	const { service, anna, bert, cara } = await someFirm();
	const [owner, second, member] = [await anna(), await bert(), await cara()];
	await decide(service, owner, second, { what: 'ROLE', person: CARA, role: 'OWNER' });
	await member.sync(service);
	expect((await member.vault.state()).classes.every((each) => each.isEntitled)).toBe(true);
	expect((await member.vault.missing()).cannotOpen).toEqual([]);
	await decide(service, owner, second, { what: 'ROLE', person: CARA, role: 'MEMBER' });
	await member.sync(service);
	expect((await member.vault.state()).classes.map((each) => each.isEntitled)).toEqual([true, true, false]);
	expect((await owner.vault.state()).classes.map(({ writable }) => writable)).toEqual([1, 1, null]);
	expect(await refusal(owner.vault.seal([change(service, NOTE, { body: 'x' })]))).toBe('done');
});

it('an owner is removed by the others, with new keys for all that the owner could read', async () => {
	const { service, anna, bert, cara } = await someFirm();
	const [owner, second, member] = [await anna(), await bert(), await cara()];
	await decide(service, owner, second, { what: 'ROLE', person: CARA, role: 'OWNER' });
	await member.sync(service);
	expect(await refusal(owner.vault.removeMember({ person: BERT }))).toContain('needs the agreement of a second owner');
	await decide(service, owner, member, { what: 'REMOVE', person: BERT });
	expect((await member.vault.state()).people.map(({ person }) => person)).toEqual([ANNA, CARA]);
	expect((await member.vault.state()).classes.map(({ writable }) => writable)).toEqual([2, 2, null]);
	expect((await member.vault.missing()).cannotOpen).toEqual([]);
});

it('a member decides nothing, but renews keys and revokes own devices', async () => {
	const { service, anna, cara } = await someFirm();
	const [owner, member] = [await anna(), await cara()];
	const owners = await owner.id();
	const acts = [
		() => member.vault.addMember({ person: NOTE, name: 'x' }),
		() => member.vault.removeMember({ person: ANNA }),
		() => member.vault.restrictMembers({ classes: [] }),
		() => member.vault.generateKey({ class: 'NEW', above: 0 }),
		() =>
			member.vault
				.setRecovery({ code: true, owners: null })
				.then(({ proposal }) => member.vault.complete({ proposal, approval: null })),
		() => member.vault.revokeDevices({ devices: [owners] }),
	];
	for (const act of acts) expect(await refusal(act())).toMatch(/owner|person/);
	const phone = await Device.make('phone', CARA, service.time);
	await join(service, member, phone);
	await member.send(service, await member.vault.revokeDevices({ devices: [await phone.id()] }));
	expect((await member.vault.state()).classes.map(({ writable }) => writable)).toEqual([2, 2, 1]);
});
