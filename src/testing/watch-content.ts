import type { Content, ContentField, ContentRow } from '../content/index.ts';
import type { Opened } from './options.ts';

export interface WatchedContent<C extends Content> {
	/** To be used in place of the content that is watched. */
	readonly content: C;
	/** What was opened since it was last asked. */
	taken(): readonly Opened[];
}

/** Looks at every value that content opens, below whatever the wrappers do with it. */
export function watchContent<C extends Content>(content: C): WatchedContent<C> {
	let opened: Opened[] = [];
	const note = (field: ContentField, row: ContentRow, value: unknown) => {
		if (value !== null && value !== undefined) opened.push({ coordinate: field.coordinate, record: row.id });
		return value;
	};
	return {
		content: {
			...content,
			reveal(access, field, row, sealed) {
				const value = content.reveal(access, field, row, sealed);
				return value instanceof Promise ? value.then((settled) => note(field, row, settled)) : note(field, row, value);
			},
		},
		taken() {
			const since = opened;
			opened = [];
			return since;
		},
	};
}
