import { describe, inject } from 'vitest';

const failure = inject('failure');
if (failure) throw new Error(failure);

/** The tarball as npm packs it. */
export const packed = inject('packed');

/** A suite about the package as a project outside this one has it, which gets the folder of that project. */
export const describeInstalled = (name: string, suite: (directory: string) => void): unknown =>
	describe(name, () => suite(inject('adopter')));

export const ENTRIES = ['firmseal', 'firmseal/envelope', 'firmseal/audit', 'firmseal/testing'] as const;
