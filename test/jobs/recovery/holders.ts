import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HolderSide, ShareHolder } from '../../../src/jobs/escrow/index.ts';

const AGE = '/usr/bin/age';
const KEYGEN = '/usr/bin/age-keygen';
const missing = [AGE, KEYGEN].filter((program) => !existsSync(program));
if (process.env.FIRMSEAL_CI === '1' && missing.length > 0) throw new Error(`${missing.join()} is not installed.`);
export const skipped = missing.length > 0 ? ` (skipped: ${missing.join()} is not installed)` : '';

export interface Holders {
	readonly plan: string;
	readonly holders: readonly ShareHolder[];
	/** The plaintext of a holder's share file. */
	open(name: string, file: string): Uint8Array;
	/** Encrypts a share as its holder hands it in: `age -d -i own.key FILE | age -r RECIPIENT`. Returns the path of the result. */
	encrypt(name: string, file: string, recipient: string): string;
}

function run(program: string, args: readonly string[], input: Uint8Array | string = ''): Uint8Array {
	const { status, stdout, stderr } = spawnSync(program, args, { input });
	if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
	return new Uint8Array(stdout);
}

/** Holders with their own keys, made and used by Debian's age. */
export function makeHolders(directory: string, sides: Readonly<Record<string, HolderSide>>): Holders {
	const keyOf = (name: string) => join(directory, `${name}.key`);
	const holders = Object.entries(sides).map(([name, side]) => {
		run(KEYGEN, ['-o', keyOf(name)]);
		return {
			name,
			recipient: Buffer.from(run(KEYGEN, ['-y', keyOf(name)]))
				.toString()
				.trim(),
			side,
		};
	});
	const plan = join(directory, 'plan.json');
	writeFileSync(plan, JSON.stringify(holders));
	const open = (name: string, file: string) => run(AGE, ['-d', '-i', keyOf(name), file]);
	let made = 0;
	return {
		plan,
		holders,
		open,
		encrypt(name, file, recipient) {
			made += 1;
			const path = join(directory, `handed-${made}.age`);
			writeFileSync(path, run(AGE, ['-r', recipient], open(name, file)));
			return path;
		},
	};
}

/** The texts of the holders' identities, which no one else may ever have. */
export const identitiesOf = (directory: string, names: readonly string[]): string[] =>
	names.map(
		(name) => /AGE-SECRET-KEY-1[A-Z0-9]+/.exec(readFileSync(join(directory, `${name}.key`), 'utf8'))?.[0] ?? '',
	);
