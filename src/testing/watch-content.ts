import type { Content, ContentField, ContentRow } from '../content/index.ts';
import type { OpenedField } from './options.ts';

export interface WatchedContent<C extends Content> {
	/** Use this in place of the watched content. */
	readonly content: C;
	/** The values that were opened since the last call. */
	takeOpened(): readonly OpenedField[];
}

/** Observes every value that content opens, before the wrappers handle it. */
export function watchContent<C extends Content>(content: C): WatchedContent<C> {
	let opened: OpenedField[] = [];
	const note = (field: ContentField, row: ContentRow, value: unknown) => {
		if (value !== null && value !== undefined) opened.push({ coordinate: field.coordinate, record: row.id });
		return value;
	};
	return {
		content: {
			...content,
			openValue(session, field, row, sealed) {
				const value = content.openValue(session, field, row, sealed);
				return value instanceof Promise ? value.then((settled) => note(field, row, settled)) : note(field, row, value);
			},
		},
		takeOpened() {
			const since = opened;
			opened = [];
			return since;
		},
	};
}
