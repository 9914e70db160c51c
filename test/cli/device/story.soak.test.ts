import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeScene, type Scene } from '../../attacks/scene.ts';
import { idOf } from '../../support/claims.ts';
import { CODE, joinAt, type Machine, machines, PASSPHRASE, SHOWN } from './people.ts';

/** Milliseconds. Each decision waits until the service has signed the one before. */
const LONGEST = 240_000;

let scene: Scene;
const machineOf = machines(() => scene);
let owner: Machine;
let member: Machine;
let codeFile: string;
/** All that the commands printed. */
const printed: string[] = [];
const kept = <T>(outcome: T): T => {
	printed.push(JSON.stringify(outcome));
	return outcome;
};
/** Of a command that did its work. */
const done = <T extends object>(outcome: T): T => {
	expect(kept(outcome)).not.toHaveProperty('error');
	return outcome;
};

beforeAll(async () => {
	scene = await makeScene();
	owner = machineOf(scene.north.owner);
	member = machineOf(scene.north.member);
});
afterAll(() => scene?.installation.close());

it(
	'only an owner begins, once, and a wrong passphrase unlocks nothing',
	async () => {
		done(await member.run('create', '--device', 'phone'));
		const refused = kept(await member.run('begin', '--name', 'Bo'));
		expect(refused).toMatchObject({ code: 1, error: { code: 'FORBIDDEN' } });
		done(await owner.run('create', '--device', 'laptop'));
		expect(kept(await owner.run('begin', '--name', 'Ada', '--class', 'NOTE'))).toMatchObject({ code: 0 });
		expect(kept(await owner.run('begin', '--name', 'Ada', '--class', 'NOTE'))).toMatchObject({
			result: { isBegun: true, keys: [] },
		});
		const other = join(owner.directory, 'other-passphrase');
		writeFileSync(other, 'canary-another passphrase', { mode: 0o600 });
		const wrong = kept(await owner.run('status', '--passphrase-file', other));
		expect(wrong).toMatchObject({ code: 1, error: { code: 'CIPHERTEXT_INVALID' } });
	},
	LONGEST,
);

it(
	'a recovery code is put into the key log only once it was typed back',
	async () => {
		const first = owner.at('recovery-code', '--json');
		await first.sees(SHOWN);
		first.type('0000-0000');
		expect(await first.ended).toMatchObject({ code: 1 });
		const second = owner.at('recovery-code', '--json');
		const [, code = ''] = await second.sees(SHOWN);
		second.type(code.toLowerCase());
		const { stdout } = kept(await second.ended.then(({ stdout: out }) => ({ stdout: out })));
		expect(JSON.parse(stdout)).toMatchObject({ ok: true, result: { state: { people: [{ recovery: ['CODE'] }] } } });
		codeFile = join(owner.directory, 'code');
		writeFileSync(codeFile, `${code}\n`, { mode: 0o600 });
		expect(printed.join('')).not.toContain(code);
	},
	LONGEST,
);

it(
	'a member joins by a code that both compare, and a no on one screen adds nothing',
	async () => {
		const joining = member.at('join', '--json');
		await joining.sees(/Asked to join/);
		expect(await member.run('status')).toMatchObject({
			code: 1,
			error: { code: 'CONFLICT', message: expect.stringContaining(`as process ${process.pid}`) },
		});
		const answering = owner.at('approve', '--person', idOf(scene.north.member), '--name', 'Bo', '--json');
		await Promise.all([joining.sees(CODE), answering.sees(CODE)]);
		answering.type('no');
		joining.close();
		expect((await answering.ended).stdout).toContain('the device was not added');
		expect((await joining.ended).stdout).toContain('"ok":false');

		const { codes, joined, approved } = kept(await joinAt(member, owner, '--person', 'Bo'));
		expect([joined.code, approved.code]).toEqual([0, 0]);
		expect(codes[0]).toBe(codes[1]);
		const { result } = kept(await member.run('status'));
		expect(result).toMatchObject({ log: { isFresh: true }, device: { isActive: true }, missing: { cannotOpen: [] } });
		expect(result.people).toMatchObject([
			{ name: 'Ada', role: 'OWNER' },
			{ name: 'Bo', role: 'MEMBER' },
		]);
		const [ofOwner, ofMember] = await Promise.all([
			owner.run('safety-number', '--person', 'Bo'),
			member.run('safety-number', '--person', 'Ada'),
		]);
		expect(ofOwner.result.number).toBe(ofMember.result.number);
		const compared = await owner.run('safety-number', '--person', 'Bo', '--compared', ofMember.result.number);
		expect(compared).toMatchObject({ code: 0, result: { isCompared: true } });
	},
	LONGEST,
);

it(
	'notes go into custody of the firm, its owner recovers, two owners decide, and a lost device is revoked',
	async () => {
		const propose = ['propose', '--custody', 'FIRM', '--class', 'NOTE'] as const;
		expect(kept(await owner.run(...propose, '--dry-run'))).toMatchObject({ result: { needs: 'RECOVERY_CODE' } });
		const decided = done(await owner.run(...propose, '--code-file', codeFile));
		expect(decided).toMatchObject({ code: 0, result: { kind: 'custody.set' } });

		const promoted = done(await owner.run('propose', '--role', 'OWNER', '--person', 'Bo', '--code-file', codeFile));
		expect(promoted).toMatchObject({ code: 0, result: { kind: 'member.role' } });

		const role = `mutation { setMemberRole(input: { userId: "${idOf(scene.north.member)}", role: OWNER }) { user { id } } }`;
		expect((await scene.api.ask(scene.north.owner, role)).errors).toEqual([]);

		const found = machineOf(scene.north.owner);
		done(await found.run('create', '--device', 'new'));
		const wrong = join(owner.directory, 'wrong-code');
		writeFileSync(wrong, 'not a code', { mode: 0o600 });
		expect(kept(await found.run('recover', '--yes', '--code-file', wrong))).toMatchObject({ code: 1 });
		const recovering = found.at('recover', '--json', '--code-file', codeFile);
		await recovering.sees(/Ada[\s\S]*NOTE +FIRM[\s\S]*yes or no: /);
		recovering.type('no');
		expect((await recovering.ended).stdout).toContain('You did not confirm');
		const recovered = done(await found.run('recover', '--yes'));
		expect(recovered).toMatchObject({ code: 0, result: { device: { isActive: true }, isUnconfirmed: false } });
		const note = recovered.result.classes.find((each: { class: string }) => each.class === 'NOTE');
		expect(note).toMatchObject({ custody: 'FIRM', writable: 2 });
		expect(kept(await owner.run('status'))).toMatchObject({ result: { device: { isActive: false } } });

		const [phone] = recovered.result.people.find((each: { name: string }) => each.name === 'Bo').devices;
		const demote = ['propose', '--role', 'MEMBER', '--person', 'Bo'] as const;
		expect(done(await found.run(...demote))).toMatchObject({ result: { kind: 'member.role', outcome: 'PROPOSED' } });
		const other = 'ab'.repeat(32);
		expect(kept(await found.run('complete', '--hash', other))).toMatchObject({ error: { code: 'NOT_FOUND' } });
		expect(kept(await found.run('agree', '--hash', other))).toMatchObject({ error: { code: 'NOT_FOUND' } });
		expect(kept(await member.run('agree'))).toMatchObject({ code: 2 });
		expect(kept(await member.run('agree', '--hash', other))).toMatchObject({ error: { code: 'CONFLICT' } });
		expect(done(await member.run('decisions'))).toMatchObject({
			result: { waiting: [{ kind: 'member.role', next: 'AGREE', person: idOf(scene.north.owner) }] },
		});
		const reading = member.at('agree', '--json');
		const [, hash = ''] = await reading.sees(
			/“Bo” \(person [\s\S]*is to be a member[\s\S]*│ ([0-9a-f]{64})[\s\S]*its hash: /,
		);
		reading.type(hash.slice(0, 8));
		expect(await reading.ended).toMatchObject({ code: 0 });
		done(await found.run('complete', '--hash', hash));
		expect(done(await found.run('decisions'))).toMatchObject({ result: { waiting: [] } });
		const revoked = done(await found.run('revoke', '--id', phone.id.slice(0, 16)));
		expect(revoked).toMatchObject({ result: { device: phone.id } });
		expect(kept(await member.run('status'))).toMatchObject({ result: { device: { isActive: false } } });
	},
	LONGEST,
);

it('no output has a passphrase', () => {
	expect(printed.length).toBeGreaterThan(10);
	expect(printed.join('')).not.toContain(PASSPHRASE.slice(0, 12));
});
