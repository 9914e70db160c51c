import { expect, it } from 'vitest';
import { type KeyLog, makeStatement, parseWrap } from '../../../src/custody/index.ts';
import { FIRM, someDevice } from '../../custody/some.ts';
import { refusal } from './attacker.ts';
import { ANNA, BERT, CARA, Device, decide, join, NOTE, newRow, someFirm } from './firm.ts';

const CARA_IN_WORDS = `“Cara Diehl” (person ${CARA})`;
const BERT_IN_WORDS = `“Bert Conrad” (person ${BERT})`;

it('a lost device is revoked, and the keys that it had seal nothing any more', async () => {
	const { service, anna, bert, cara } = await someFirm();
	const [owner, second, lost] = [await anna(), await bert(), await cara()];
	const id = await lost.id();
	const changes = await owner.vault.revokeDevices({ devices: [id] });
	expect(changes.entries).toHaveLength(3);
	const recipients = changes.wraps.map((wrap) => parseWrap(wrap).recipient);
	expect(recipients).not.toContain(id);
	expect(new Set(recipients).size).toBe(4);
	await owner.send(service, changes);
	await second.sync(service);
	expect((await second.vault.missing()).cannotOpen).toEqual([]);
	await second.write(service, { type: 'Note', id: BERT, values: { title: 'After' } });
	await lost.sync(service);
	expect((await lost.read(service.record(BERT)))[0]?.fields[0]).toHaveProperty('why');
	expect(await refusal(lost.vault.seal([newRow({ type: 'Note', id: NOTE })]))).toBe('device-inactive');
	const phone = await Device.make('phone', CARA, service.time);
	await join(service, owner, phone);
	const [note, after] = await phone.read(service.record(NOTE), service.record(BERT));
	expect([note?.fields[0], after?.fields[0]]).toEqual([
		{ name: 'title', value: 'Plan' },
		{ name: 'title', value: 'After' },
	]);
});

it('two owners who decide at once: the second reads the log again and decides then', async () => {
	const { service, anna, bert } = await someFirm();
	const [first, second] = [await anna(), await bert()];
	const one = await first.vault.generateKey({ class: 'NOTE', above: 0 });
	const other = await second.vault.generateKey({ class: 'NOTE', above: 0 });
	await first.send(service, one);
	const wraps = service.wraps.length;
	await expect(service.append(other)).rejects.toMatchObject({ code: 'CONFLICT' });
	expect(service.wraps).toHaveLength(wraps);
	await second.sync(service);
	await second.send(service, await second.vault.generateKey({ class: 'NOTE', above: 0 }));
	expect((await second.vault.state()).classes[0]?.versions).toHaveLength(3);
});

it('an owner who agrees reads what the own vault says about it, not what the proposal says', async () => {
	const { anna, bert } = await someFirm();
	const [first, second] = [await anna(), await bert()];
	const proposal = await first.vault.propose({ what: 'REMOVE', person: CARA });
	expect(proposal).toMatchObject({ kind: 'member.remove', needsAgreement: false });
	const lie = { ...(await first.vault.propose({ what: 'REMOVE', person: BERT })), summary: 'Nothing changes.' };
	expect((await second.vault.readProposal(lie)).summary).toBe(
		`Removal of an owner: ${BERT_IN_WORDS} is to be removed from the firm.`,
	);
	expect(await refusal(second.vault.agree(proposal))).toBe('proposal');
	for (const body of [{}, null, { person: 'x' }, { person: BERT, more: 1 }, 'x']) {
		expect(await refusal(second.vault.agree({ kind: 'member.remove', body: body as never }))).toBe('proposal');
		expect(await refusal(second.vault.readProposal({ kind: 'member.remove', body: body as never }))).toBe('proposal');
	}
	expect(await refusal(second.vault.readProposal({ kind: 'member.add' as never, body: { person: BERT } }))).toBe(
		'proposal',
	);
});

it('each decision of two owners has a sentence', async () => {
	const { anna } = await someFirm();
	const { vault } = await anna();
	const decisions = [
		{ what: 'ROLE', person: CARA, role: 'OWNER' },
		{ what: 'ROLE', person: BERT, role: 'MEMBER' },
		{ what: 'CUSTODY', class: 'BILLING', custody: 'FIRM' },
		{ what: 'RETIRE', class: 'NOTE', version: 1 },
		{ what: 'REMOVE', person: BERT },
		{ what: 'REMOVE', person: CARA },
		{ what: 'REVOKE', devices: ['ab'.repeat(32)] },
	] as const;
	const sentences = await Promise.all(decisions.map(async (each) => (await vault.propose(each)).summary));
	expect(sentences).toEqual([
		`Change of role: ${CARA_IN_WORDS} is to become an owner, who reads everything and decides with you.`,
		`Change of role: ${BERT_IN_WORDS} is to be a member, and an owner no longer.`,
		'Change of custody: content of the class BILLING is to be opened by devices of the firm only.',
		'Retirement of a key: version 1 of the data key of NOTE is to be retired, and nothing under it opens again.',
		`Removal of an owner: ${BERT_IN_WORDS} is to be removed from the firm.`,
		`Removal of a member: ${CARA_IN_WORDS} is to be removed from the firm.`,
		'Removal of devices: abababababababab, of no one in the firm, are to be removed from the firm.',
	]);
});

it.each([
	['reads like a decision', 'Ann is to be removed. Bob', '“Ann is to be removed. Bob”'],
	['ends the quotation', 'Ann” (person 0) is to be removed. “Bob', "“Ann' (person 0) is to be removed. 'Bob”"],
	['has other quotation marks', '"Ann" „Bob‟', "“'Ann' 'Bob'”"],
	['begins like a heading', 'Change of custody: Bob', '“Change of custody: Bob”'],
	['is endless', `Ann${' '.repeat(5_000)}Bob`, `“Ann${' '.repeat(97)}…”`],
])('a name that %s does not pass for the words of the own vault', async (_, name, shown) => {
	const { service, anna, bert } = await someFirm();
	const [owner, second] = [await anna(), await bert()];
	await owner.send(service, await owner.vault.renameMember({ person: CARA, name }));
	await second.sync(service);
	const proposal = await owner.vault.propose({ what: 'ROLE', person: CARA, role: 'OWNER' });
	expect((await second.vault.readProposal(proposal)).summary).toBe(
		`Change of role: ${shown} (person ${CARA}) is to become an owner, who reads everything and decides with you.`,
	);
});

it('a name that two people have is said to be that of two', async () => {
	const { service, anna } = await someFirm();
	const { vault } = await anna();
	await service.append(await vault.renameMember({ person: CARA, name: 'Bert Conrad' }));
	await vault.extend(await service.served());
	expect((await vault.propose({ what: 'REMOVE', person: BERT })).summary).toBe(
		`Removal of an owner: “Bert Conrad” (person ${BERT}; another person has the same name) is to be removed from the firm.`,
	);
});

it('new ways of recovery name their holders', async () => {
	const { service, anna, bert, cara } = await someFirm();
	const [owner, second] = [await anna(), await bert()];
	await decide(service, owner, second, { what: 'ROLE', person: CARA, role: 'OWNER' });
	await (await cara()).sync(service);
	const made = await owner.vault.setRecovery({ code: true, owners: { holders: [BERT, CARA], k: 2 } });
	expect((await second.vault.readProposal(made.proposal)).summary).toBe(
		`Change of recovery: “Anna Berger” (person ${ANNA}) is to have these ways of recovery, and no others: a recovery code, shares of which any 2 of these owners bring them back: ${BERT_IN_WORDS}, ${CARA_IN_WORDS}.`,
	);
});

it('the service cannot use up the numbers of keys', async () => {
	const { anna } = await someFirm();
	const { vault } = await anna();
	expect(await refusal(vault.generateKey({ class: 'BILLING', above: 2 ** 31 - 2 }))).toBe('key-number');
	expect(await refusal(vault.generateKey({ class: 'NOTE', above: 7 }))).toContain('not the next one');
});

it('a wrong clock seals and signs nothing, and says so', async () => {
	const { service, time, anna } = await someFirm();
	const device = await anna();
	time.step(-3_600_000);
	const lying = await service.checkpoint(Math.floor(time.now() / 1_000) + 3_600);
	expect(await refusal(device.vault.extend({ entries: [], names: [], ...lying }))).toContain('clock');
	expect(await refusal(device.vault.seal([newRow({ type: 'Note', id: NOTE })]))).toBe('not-fresh');
	expect((service.log as KeyLog).size).toBe(service.entries.length);
});

it('ways of recovery that were swapped on their way are not signed by the device of their person', async () => {
	const { service, anna, bert } = await someFirm();
	const [owner, second] = [await anna(), await bert()];
	const { proposal } = await owner.vault.setRecovery({ code: true, owners: null });
	const thief = await someDevice();
	const place = { firm: FIRM, genesis: (service.log as KeyLog).genesis, person: ANNA };
	const way = { device: await makeStatement(thief, 'RECOVERY', place), way: 'CODE' as const };
	const swapped = { ...proposal, body: { person: ANNA, ways: [way] } };
	const approval = await second.vault.agree(swapped);
	expect(await refusal(owner.vault.complete({ proposal: swapped, approval }))).toBe('recovery-other');
	expect(await refusal(owner.vault.announce(swapped))).toBe('recovery-other');
	const agreed = await second.vault.agree(proposal);
	await owner.send(service, await owner.vault.complete({ proposal, approval: agreed }));
});

it('an owner does not agree to what this version cannot put into words', async () => {
	const { bert } = await someFirm();
	const second = await bert();
	const policy = { kind: 'witness.policy' as const, body: { policy: 'anything' } };
	expect(await refusal(second.vault.agree(policy))).toBe('proposal');
});
