import { describe, inject } from 'vitest';

const failure = inject('failure');
if (failure) throw new Error(failure);

/** The tarball as npm packs it. */
export const packed = inject('packed');

const adopter = inject('adopter');

/** A suite about the package as a project outside this one has it, which is told the folder of that project. */
export function describeInstalled(name: string, suite: (directory: string) => void): void {
	if (adopter) describe(name, () => suite(adopter));
	else describe.skip(`${name} (skipped: npm's registry can't be reached)`, () => suite(''));
}

export const ENTRIES = ['firmseal', 'firmseal/envelope', 'firmseal/audit', 'firmseal/testing'] as const;
