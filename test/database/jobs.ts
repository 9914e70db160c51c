import { v7 as uuidv7 } from 'uuid';
import type { TwoFirms } from './two-firms.ts';

/** By default a running job on north's notes. */
export interface JobWish {
	readonly firm?: string;
	/** The content class. */
	readonly of?: string | null;
	readonly state?: string;
	readonly version?: number;
}

/** Inserts a job that re-encrypts, without a valid proof. Resolves with its id. */
export async function insertJob(
	{ admin, north }: TwoFirms,
	{ firm = north.id, of = 'NOTE', state = 'RUNNING', version = 2 }: JobWish,
): Promise<string> {
	const id = uuidv7();
	await admin`insert into jobs (id, firm_id, kind, class, version, state, asked_on, asked_at, mac)
		values (${id}, ${firm}, 'REENCRYPT', ${of}, ${version}, ${state}, 'cli', now(), decode(repeat('00', 36), 'hex'))`;
	return id;
}
