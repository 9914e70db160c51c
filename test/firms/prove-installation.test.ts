import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AdminContext, proveInstallation } from '../../src/firms/index.ts';
import { type Keyring, PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { openKeyring } from '../../src/wiring/index.ts';
import { initInstallation, withAdminContext } from '../../src/wiring/installation.ts';
import { idOf } from '../support/claims.ts';
import { makeInstallation, type Person, type TestFirm, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';

let installation: TestInstallation;
let north: TestFirm;
let harbour: TestFirm;
let operator: Person;

beforeEach(async () => {
	installation = await makeInstallation(embedded);
	north = await installation.addFirm('north');
	harbour = await installation.addFirm('harbour');
	operator = await installation.addOperator('OPERATOR');
	await makeOld();
});
afterEach(() => installation?.close());

/** Turns an installation into one whose rows have never been proven. */
async function makeOld(): Promise<void> {
	const { admin, directory } = installation;
	await admin`alter table memberships disable trigger user`;
	for (const table of ['memberships', 'operators', 'access_policies'])
		await admin`update ${admin(table)} set mac = null`;
	await admin`alter table memberships enable trigger user`;
	await admin`alter table memberships enable always trigger keep_an_owner`;
	await admin`delete from data_keys where class = 'RIGHTS'`;
	rmSync(join(directory, 'keyring', 'firms', PLATFORM_FIRM_ID), { recursive: true });
}

const init = () => initInstallation(installation.config, installation.database);
const unproven = async () => {
	const { admin } = installation;
	const [row] = await admin`select (select count(*) from memberships where mac is null)::int as members,
		(select count(*) from operators where mac is null)::int as operators,
		(select count(*) from access_policies where mac is null)::int as policies`;
	return row;
};
const NONE = { members: 0, operators: 0, policies: 0 };

async function expectEverybodyIn(): Promise<void> {
	const api = await installation.serve();
	for (const token of [north.owner, north.member, north.client, harbour.owner, operator])
		expect((await api.ask(token, '{ viewer { id } }')).data.viewer).toEqual({ id: idOf(token) });
	await api.stop();
}

describe('the first init of an existing installation', () => {
	it('proves every person and every policy once, with log entries, and no server starts before', async () => {
		const { admin } = installation;
		await expect(installation.serve()).rejects.toThrow(
			"The rights of this installation's people are not proven yet: run `firmseal init`. If you have run it, this process has the keyring of another installation: with AWS KMS, check its account and AWS_REGION.",
		);
		await expect(installation.startBroker()).rejects.toThrow(
			'The keyring has no key of the platform: run `firmseal init`, or give the broker the keyring of this installation.',
		);
		await admin`update memberships set removed_at = now() where user_id = ${idOf(harbour.member)}`;
		expect(await unproven()).not.toEqual(NONE);
		expect(await init()).toEqual({ isNew: false });
		expect(await unproven()).toEqual(NONE);
		await expectEverybodyIn();
		const [last] = await admin`select leaf::json as leaf from audit_entries
			where leaf::json ->> 'action' = 'installation.init' order by appended_at desc limit 1`;
		// Two owners, two members, two portal users, two operators.
		expect(last?.leaf.records).toHaveLength(8);
		// An ended membership is proven as ended.
		await admin`update memberships set removed_at = null where user_id = ${idOf(harbour.member)}`;
		const api = await installation.serve();
		expect((await api.ask(harbour.member, '{ viewer { id } }')).errors[0]?.message).toMatch(/can't be proven/);

		await admin`update operators set mac = null where user_id = ${idOf(operator)}`;
		expect(await init()).toEqual({ isNew: false });
		expect(await unproven()).toEqual({ ...NONE, operators: 1 });
		expect((await api.ask(operator, '{ viewer { id } }')).errors[0]?.message).toMatch(/can't be proven/);
	});

	it('is continued by the next one if interrupted at any step', async () => {
		const { config, database } = installation;
		/** Runs the command until `fails` returns false. */
		const cutOff = async (fails: (step: string) => boolean) =>
			withAdminContext(config, database, async (admin) => {
				const keyring = await openKeyring(config, 'worker');
				await proveInstallation(failing({ ...admin, keyring }, fails));
			});
		const reached: string[] = [];
		for (let step = 1; ; step++) {
			let steps = 0;
			const died = await cutOff((name) => {
				steps++;
				if (steps === step) reached.push(name);
				return steps === step;
			}).then(
				() => false,
				(error: Error) => error.message === 'cut off',
			);
			if (!died) break;
			const keyring = await openKeyring(config, 'worker');
			expect((await keyring.describeKey(PLATFORM_FIRM_ID))?.version ?? 0).toBeLessThan(2);
		}
		expect(reached).toContain(`prover ${north.id}`);
		for (const name of ['createKey', `prover ${PLATFORM_FIRM_ID}`, 'rotateKey']) expect(reached).toContain(name);
		expect(await unproven()).toEqual(NONE);
		await expectEverybodyIn();
	});

	it('requires a disabled key to be enabled, and skips a firm whose key is destroyed or missing', async () => {
		const { config, directory } = installation;
		const keyring = await openKeyring(config, 'worker');
		await keyring.disableKey(harbour.id);
		await expect(init()).rejects.toThrow(/^The wrapping key of harbour is DISABLED.*then repeat this command\.$/);
		await keyring.enableKey(harbour.id);
		rmSync(join(directory, 'keyring', 'firms', north.id), { recursive: true });
		await init();
		expect(await unproven()).toEqual({ members: 3, operators: 0, policies: 1 });
		const api = await installation.serve();
		expect((await api.ask(harbour.owner, '{ viewer { id } }')).errors).toEqual([]);
		expect((await api.ask(north.owner, '{ viewer { id } }')).status).toBe(403);
	});
});

describe('an installation’s keyring', () => {
	it('is refused if its platform key is not the database’s', async () => {
		await init();
		const { directory, config } = installation;
		rmSync(join(directory, 'keyring', 'firms', PLATFORM_FIRM_ID), { recursive: true });
		const refusal = /has another key of the platform than this database: restore/;
		await expect(init()).rejects.toThrow(refusal);
		await expect(installation.serve()).rejects.toThrow(refusal);
		await (await openKeyring(config, 'worker')).createKey(PLATFORM_FIRM_ID);
		await expect(init()).rejects.toThrow(refusal);
	});

	it('is not created again for a database that contains a data key, even without a firm', async () => {
		await init();
		const { admin, directory } = installation;
		await admin`alter table key_log_entries disable trigger user`;
		await admin`truncate firms cascade`;
		rmSync(join(directory, 'keyring'), { recursive: true });
		rmSync(join(directory, 'root.key'));
		await expect(init()).rejects.toMatchObject({ name: 'SetupError' });
	});
});

/** An AdminContext whose steps fail when `fails` returns true. */
function failing<O extends Omit<AdminContext, 'keyring'> & { readonly keyring: Keyring }>(
	admin: O,
	fails: (step: string) => boolean,
): O {
	const step = (name: string) => {
		if (fails(name)) throw new Error('cut off');
	};
	return {
		...admin,
		rights: {
			...admin.rights,
			async prover(firm: string) {
				step(`prover ${firm}`);
				return admin.rights.prover(firm);
			},
		},
		keyring: {
			...admin.keyring,
			async createKey(firm: string) {
				step('createKey');
				return admin.keyring.createKey(firm);
			},
			async rotateKey(firm: string) {
				step('rotateKey');
				return admin.keyring.rotateKey(firm);
			},
		},
	};
}
