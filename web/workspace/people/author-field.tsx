import { useQuery } from '@apollo/client/react';
import { MembersDocument } from '../../kit/api/workspace.generated.ts';
import { Field } from '../../kit/parts/index.ts';
import { visibleLine } from '../../kit/text/visible-line.ts';

interface AuthorFieldProps {
	readonly label: string;
	/** Id of the chosen person; empty for anyone. */
	readonly value: string;
	readonly onChange: (id: string) => void;
}

/** As many as one page of the API has. */
const MOST = 1000;

/** A choice among the firm's own people, with those who have left, since what they wrote remains. */
export function AuthorField({ label, value, onChange }: AuthorFieldProps) {
	const { data, error } = useQuery(MembersDocument, { variables: { first: MOST } });
	const people = (data?.viewer.firm?.members?.nodes ?? []).filter(({ client }) => client === null);
	return (
		<Field label={label} wrong={error && !data ? 'The people could not be read. Reload to try again.' : null}>
			{(control) => (
				<select {...control} value={value} onChange={({ target }) => onChange(target.value)}>
					<option value="">Anyone</option>
					{people.map(({ id, name, email, removedAt }) => (
						<option key={id} value={id}>
							{visibleLine(describe(name, people, email))}
							{removedAt !== null && ' (has left)'}
						</option>
					))}
				</select>
			)}
		</Field>
	);
}

/** Tells people of the same name apart. */
const describe = (name: string, people: readonly { readonly name: string }[], email: string): string =>
	people.filter((other) => other.name === name).length > 1 ? `${name}, ${email}` : name;
