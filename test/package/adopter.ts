import { describe, inject } from 'vitest';

const failure = inject('failure');
if (failure) throw new Error(failure);

export const packed = inject('packed');

/** A suite about the installed package. It receives the folder of a project that has installed the package. */
export const describeInstalled = (name: string, suite: (directory: string) => void): unknown =>
	describe(name, () => suite(inject('adopter')));

export const ENTRIES = [
	'firmseal',
	'firmseal/envelope',
	'firmseal/audit',
	'firmseal/client',
	'firmseal/client/worker',
	'firmseal/testing',
] as const;
