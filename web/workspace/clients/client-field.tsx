import { useQuery } from '@apollo/client/react';
import { ClientsDocument } from '../../kit/api/workspace.generated.ts';
import { ErrorNote, Field } from '../../kit/parts/index.ts';
import { visibleLine } from '../../kit/text/visible-line.ts';

interface ClientFieldProps {
	readonly label: string;
	/** Id of the chosen client; empty for none. */
	readonly value: string;
	readonly onChange: (id: string, name: string) => void;
	/** What the choice of no client says. */
	readonly none?: string;
	readonly hint?: string;
	/** Clients that cannot be chosen. */
	readonly without?: readonly string[];
	/** The client chosen before, which may be archived by now. */
	readonly present?: { readonly id: string; readonly name: string } | null;
	readonly isRequired?: boolean;
}

/** As many as one page of the API has. */
const MOST = 1000;

/** A choice among the clients that the firm works for, by name. */
export function ClientField({
	label,
	value,
	onChange,
	none = 'No client',
	hint,
	without = [],
	present = null,
	isRequired = false,
}: ClientFieldProps) {
	const { data, error, loading, refetch } = useQuery(ClientsDocument, {
		variables: { first: MOST, filter: { status: 'ACTIVE' } },
	});
	const active = data?.clients.nodes ?? [];
	const choices = (present && !active.some(({ id }) => id === present.id) ? [present, ...active] : active).filter(
		({ id }) => !without.includes(id),
	);
	if (error && !data) return <ErrorNote error={error} onRetry={refetch} />;
	return (
		<Field
			label={label}
			hint={data?.clients.pageInfo.hasNextPage ? `${hint ?? ''} Shows the first ${MOST} clients by name.` : hint}
		>
			{(control) => (
				<select
					{...control}
					value={value}
					required={isRequired}
					onChange={({ target }) => onChange(target.value, choices.find(({ id }) => id === target.value)?.name ?? '')}
				>
					<option value="">{loading && !data ? 'Loading clients …' : none}</option>
					{choices.map(({ id, name }) => (
						<option key={id} value={id}>
							{visibleLine(name)}
						</option>
					))}
				</select>
			)}
		</Field>
	);
}
