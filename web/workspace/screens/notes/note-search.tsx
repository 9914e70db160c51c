import type { NoteFilter, NoteOrder } from '../../../kit/api/workspace.generated.ts';
import { DayField, SelectField } from '../../../kit/parts/index.ts';
import { startOfDay } from '../../../kit/text/local-time.ts';
import { AuthorField } from '../../people/index.ts';

interface Search {
	readonly order: NoteOrder;
	readonly authorId: string;
	/** Days, as <input type="date"> has them; empty for none. */
	readonly changedFrom: string;
	readonly changedTo: string;
}

export const NO_SEARCH: Search = { order: 'UPDATED_AT_DESC', authorId: '', changedFrom: '', changedTo: '' };

export const isNarrow = ({ authorId, changedFrom, changedTo }: Search): boolean =>
	authorId !== '' || changedFrom !== '' || changedTo !== '';

export const filterOf = ({ authorId, changedFrom, changedTo }: Search): NoteFilter => ({
	authorId: authorId || null,
	updatedFrom: startOfDay(changedFrom),
	updatedBefore: startOfDay(changedTo, 1),
});

const ORDERS: readonly (readonly [NoteOrder, string])[] = [
	['UPDATED_AT_DESC', 'Last changed first'],
	['UPDATED_AT_ASC', 'Longest unchanged first'],
	['CREATED_AT_DESC', 'Newest first'],
	['CREATED_AT_ASC', 'Oldest first'],
];

interface NoteSearchProps {
	readonly search: Search;
	readonly onChange: (search: Search) => void;
}

/** Order and search by what is not encrypted: who wrote a note, and when it was changed. */
export function NoteSearch({ search, onChange }: NoteSearchProps) {
	return (
		<search className="grid filters" aria-label="Order and filter">
			<SelectField
				label="Order"
				value={search.order}
				options={ORDERS}
				onChange={(order) => onChange({ ...search, order })}
			/>
			<AuthorField
				label="Written by"
				value={search.authorId}
				onChange={(authorId) => onChange({ ...search, authorId })}
			/>
			<DayField
				label="Changed from"
				max={search.changedTo}
				value={search.changedFrom}
				onChange={(changedFrom) => onChange({ ...search, changedFrom })}
			/>
			<DayField
				label="Changed until"
				min={search.changedFrom}
				value={search.changedTo}
				onChange={(changedTo) => onChange({ ...search, changedTo })}
			/>
		</search>
	);
}
