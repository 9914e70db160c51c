import postgres from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import { makeTwoFirms, type TwoFirms } from './two-firms.ts';

describe.each(servers)('what secures erasure on $name', (server) => {
	let two: TwoFirms;
	let url: string;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		url = two.installation.env.FIRMSEAL_ADMIN_DATABASE_URL as string;
	});
	afterAll(() => two?.close());

	it('finds what is recorded as erased and is there by an index', async () => {
		const plans: string[] = [];
		const sql = postgres(url, { max: 1, onnotice: ({ message }) => plans.push(String(message)) });
		const takenBack = new Error('Taken back.');
		const explained = sql.begin(async (tx) => {
			await tx`insert into notes (firm_id, id, author_id, title, body)
				select firm_id, gen_random_uuid(), author_id, title, body from notes, generate_series(1, 3000) where id = ${two.north.note}`;
			await tx`insert into erasures (id, firm_id, subject, mac, erased_at, certificate)
				values (${uuidv7()}, ${two.north.id}, ${`Note.${two.north.note}`}, ${Buffer.alloc(36)}, now(), '{}')`;
			await tx`analyze notes, erasures`;
			await tx`load 'auto_explain'`;
			await tx`select set_config('auto_explain.log_min_duration', '0', true), set_config('auto_explain.log_nested_statements', 'on', true),
				set_config('auto_explain.log_level', 'notice', true)`;
			await tx`select * from erasures_left()`;
			throw takenBack;
		});
		await expect(explained).rejects.toBe(takenBack);
		await sql.end();
		const plan = plans.find((each) => each.includes('JOIN public.notes r'));
		// A condition that may tell of the row it fails on waits until a policy has let the row through, so never chooses rows.
		expect(plan).toMatch(/Index Cond: .*\bid = d\.of_row/);
	});
});
