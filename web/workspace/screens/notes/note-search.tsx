import type { NoteFilter, NoteOrder } from '../../../kit/api/workspace.generated.ts';
import { Field } from '../../../kit/parts/index.ts';
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

const ORDERS: Readonly<Record<NoteOrder, string>> = {
	UPDATED_AT_DESC: 'Last changed first',
	UPDATED_AT_ASC: 'Longest unchanged first',
	CREATED_AT_DESC: 'Newest first',
	CREATED_AT_ASC: 'Oldest first',
};

interface NoteSearchProps {
	readonly search: Search;
	readonly onChange: (search: Search) => void;
}

/** Order and search by what is not encrypted: who wrote a note, and when it was changed. */
export function NoteSearch({ search, onChange }: NoteSearchProps) {
	return (
		<search className="grid filters" aria-label="Order and filter">
			<Field label="Order">
				{(control) => (
					<select
						{...control}
						value={search.order}
						onChange={({ target }) => onChange({ ...search, order: target.value as NoteOrder })}
					>
						{Object.entries(ORDERS).map(([order, name]) => (
							<option key={order} value={order}>
								{name}
							</option>
						))}
					</select>
				)}
			</Field>
			<AuthorField
				label="Written by"
				value={search.authorId}
				onChange={(authorId) => onChange({ ...search, authorId })}
			/>
			<Field label="Changed from">
				{(control) => (
					<input
						{...control}
						type="date"
						max={search.changedTo || undefined}
						value={search.changedFrom}
						onChange={({ target }) => onChange({ ...search, changedFrom: target.value })}
					/>
				)}
			</Field>
			<Field label="Changed until">
				{(control) => (
					<input
						{...control}
						type="date"
						min={search.changedFrom || undefined}
						value={search.changedTo}
						onChange={({ target }) => onChange({ ...search, changedTo: target.value })}
					/>
				)}
			</Field>
		</search>
	);
}
