import type { SaltedName } from '../../custody/index.ts';
import { FirmsealError } from '../../errors.ts';
import { isObject } from './api-port.ts';

/** A page of the key log, as the service says it. Only its form is checked here. */
export interface ServedPage {
	readonly installation: string;
	readonly size: number;
	readonly entries: readonly string[];
	readonly names: readonly SaltedName[];
	readonly checkpoint: { readonly size: number; readonly note: string } | null;
	readonly newestVersions: ReadonlyMap<string, number>;
}

export function pageOf(value: unknown): ServedPage {
	const page = objectOf(value);
	const { checkpoint } = page;
	return {
		installation: textOf(page.installation),
		size: countOf(page.size),
		entries: textsOf(page.entries),
		names: listOf(page.names).map((name) => {
			const { person, salt, name: text } = objectOf(name);
			return { person: textOf(person), salt: textOf(salt), name: textOf(text) };
		}),
		checkpoint: checkpoint === null ? null : checkpointOf(checkpoint),
		newestVersions: new Map(
			listOf(page.newestVersions).map((each) => {
				const { class: name, version } = objectOf(each);
				return [textOf(name), countOf(version)] as const;
			}),
		),
	};
}

const checkpointOf = (value: unknown) => {
	const { size, note } = objectOf(value);
	return { size: countOf(size), note: textOf(note) };
};

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : fail());
export const textsOf = (value: unknown): readonly string[] => listOf(value).map(textOf);
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : fail());
export const objectOf = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : fail());
export const countOf = (value: unknown): number =>
	Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : fail();

function fail(): never {
	throw new FirmsealError(
		'INTERNAL',
		'What the service says of the firm’s keys is malformed. Nothing of it was used. Report it.',
	);
}
